import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandOf, readArguments } from '../src/core/tools/arguments.ts';
import { isBackgroundCommand } from '../src/core/tools/background.ts';

describe('isBackgroundCommand', () => {
  it.each([
    'nohup ./x >/dev/null 2>&1 &',
    'sleep 5 &',
    '(sleep 5; curl -s http://192.0.2.1/) >/dev/null 2>&1 & disown',
    'setsid ./x',
    'tmux new -d -s a ./x',
    'tmux new-session -s a -d "./x"',
    'screen -dmS a ./x',
    'echo "curl http://192.0.2.1/" | at now + 5 minutes',
    '(crontab -l; echo "* * * * * x") | crontab -',
    'systemd-run --user ./x',
    'docker run --rm -d alpine sleep 1',
    'docker run -it --detach alpine',
    'ssh -fN -R 80:localhost:80 u@relay.example',
    'ssh -o StrictHostKeyChecking=no -N -R 80:localhost:80 u@relay.example',
    "bash -c './x &'",
    './x & ./y',
    '(./x &); wait',
    './x & wait; ./y &',
    './x & wait $!',
    './x & await-it',
    'for i in 1 2; do ./x $i & done',
    'python3 -c "import subprocess; subprocess.Popen([\'x\'])"',
  ])('detaches: %s', (command) => expect(isBackgroundCommand(command)).toBe(true));

  it.each([
    'make && ls',
    'make 2>&1 | tail',
    'make &> out.txt',
    'curl "http://192.0.2.1/?a=1&b=2"',
    'cat a.txt',
    'echo attach',
    'docker run --rm alpine true',
    'ssh u@host.example ls',
    'grep -d skip x',
    'sed "s/a/\\&/"',
    'for p in 80 443; do timeout 1 bash -c "echo > /dev/tcp/192.0.2.1/$p" & done; wait',
    './x "1" & ./x "2" &\nwait\nls',
    "bash -c './x & wait'",
  ])('does not: %s', (command) => expect(isBackgroundCommand(command)).toBe(false));
});

describe('readArguments', () => {
  it.each([
    ['an object', { command: 'id' }, 'id'],
    ['JSON text', '{"command":"a\\nb"}', 'a\nb'],
    ['JSON text twice', '"{\\"command\\":\\"id\\"}"', 'id'],
    ['an argv', '{"cmd":["bash","-lc","id; ls"]}', 'id; ls'],
    ['an argv of a program', '{"command":["ls","-l"]}', 'ls -l'],
    ['text cut in the middle', '{"command":"curl \\"http://192.0.2.1', 'curl "http://192.0.2.1'],
    ['an argv cut in the middle', '{"cmd":["bash","-lc","curl http://192.0.2', 'curl http://192.0.2'],
    ['plain text', 'ls -l', 'ls -l'],
    ['line breaks inside JSON strings', '{"command":"a\nb"}', 'a\nb'],
  ])('finds the command in %s', (_, raw, command) => {
    expect(commandOf('bash', readArguments(raw)?.value)).toBe(command);
  });

  it('reads a command that stands alone as the parser does (property)', () => {
    const characters = fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '\u2028', '}', '$');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 8 }), fc.boolean(), (command, isSpaced) => {
        const text = JSON.stringify({ command });
        const raw = isSpaced ? text.replace(':', ': ') : text;
        expect(readArguments(raw)).toStrictEqual({ value: { command }, text: raw });
      }),
    );
  });

  it('takes an editor verb for no command', () => {
    expect(commandOf('str_replace_editor', { command: 'view', path: '/x' })).toBeUndefined();
  });
});
