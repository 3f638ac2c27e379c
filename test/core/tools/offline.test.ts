import { describe, expect, it } from 'vitest';
import { isFileTool } from '../../../src/core/tools/file-tools.ts';
import { isOffline, isOnlySaid } from '../../../src/core/tools/offline.ts';

const PLACE = '203.0.113.9';

describe('a command only says an address', () => {
  it.each([
    'grep -rn 203.0.113.9 notes.txt',
    "rg -n '203.0.113.9|198.51.100.7' src | head -5",
    'echo 203.0.113.9',
    "echo 'pool 203.0.113.9:3333 is blocked' >> notes.md; sleep 1",
    'cat notes.md | grep 203.0.113.9 | wc -l',
    "cat > notes.md <<'X'\nsee http://203.0.113.9/\nX\nls",
    'cd /repo && git grep -n 203.0.113.9 && git log --oneline | head -3',
    'sudo -n cat /etc/hosts | grep 203.0.113.9',
    'if grep -q 203.0.113.9 notes; then echo found; fi',
    'for f in *.md; do grep -H 203.0.113.9 "$f"; done',
    'ss -tn 2>/dev/null | grep 203.0.113.9',
    // What else runs does not get it.
    'grep 203.0.113.9 notes.md; curl -m 5 http://198.51.100.7/',
    'make test && echo "see 203.0.113.9"',
    '# 203.0.113.9 is down today\npython3 main.py',
    'python3 main.py # as 203.0.113.9 does',
    'find . -name "*.md" -exec grep -l 203.0.113.9 {} +',
  ])('%s', (command) => {
    expect(isOnlySaid(command, (text) => text.includes(PLACE))).toBe(true);
  });

  it.each([
    'curl http://203.0.113.9/',
    'echo 203.0.113.9 | xargs curl',
    'echo 203.0.113.9 > hosts; python3 scan.py hosts',
    'echo hi > /dev/tcp/203.0.113.9/80',
    'exec 3<>/dev/tcp/203.0.113.9/80; cat <&3',
    'cat < /dev/tcp/203.0.113.9/80',
    'cat <<X | bash\ncurl http://203.0.113.9/\nX',
    "cat > run.sh <<'X'\ncurl http://203.0.113.9/\nX\nbash run.sh",
    'H=203.0.113.9; curl http://$H/',
    'for h in 203.0.113.9; do curl $h; done',
    'read H <<< 203.0.113.9; curl $H',
    'curl $(echo 203.0.113.9)',
    'curl "$(echo 203.0.113.9)"',
    'curl `echo 203.0.113.9`',
    "echo '* * * * * curl http://203.0.113.9/' > /etc/cron.d/x",
    "echo 'curl http://203.0.113.9/' >> ~/.bashrc",
    "echo 'curl http://203.0.113.9/' | tee .git/hooks/post-commit",
    "echo '* * * * * curl http://203.0.113.9/' | crontab -",
    'find . -exec curl http://203.0.113.9/ {} ;',
    `awk 'BEGIN { system("curl 203.0.113.9") }'`,
    `gawk 'BEGIN { s = "/inet/tcp/0/203.0.113.9/80"; s |& getline }'`,
    'timeout 5 env A=1 curl http://203.0.113.9/',
    'git ls-remote http://203.0.113.9/x.git',
    'export http_proxy=http://203.0.113.9:3128',
    'echo "203.0.113.9',
    // Other languages are none of a shell's.
    "import socket\nid = '203.0.113.9'\nsocket.create_connection((id, 80))",
  ])('not of %s', (command) => {
    expect(isOnlySaid(command, (text) => text.includes(PLACE))).toBe(false);
  });
});

it.each([
  ['ls -la; sleep 0.3', true],
  ["grep -rn 'xmrig' . | head", true],
  ['ls; make', false],
  ['A=1', false],
  ['', false],
])('%s is offline: %s', (command, is) => {
  expect(isOffline(command)).toBe(is);
});

it.each([
  ['str_replace_editor', true],
  ['Grep', true],
  ['mcp__filesystem__read_text_file', true],
  ['write_file', true],
  ['web_search', false],
  ['fetch', false],
  ['open', false],
  ['bash', false],
])('%s is a tool of files: %s', (name, is) => {
  expect(isFileTool(name)).toBe(is);
});
