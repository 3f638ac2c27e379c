import { describe, expect, it } from 'vitest';
import { isBackgroundCommand, mayRunOn } from '../../../src/core/tools/background.ts';

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
    './x&',
    './x &y',
    './x &)',
    'a && b & c',
    'a 2>&1 &',
    'tmux send-keys -t a "./x" Enter',
    'docker-compose -f x.yml up -d',
    'docker compose up --detach',
    'autossh -M 0 -fN relay.example',
    'sudo systemctl restart x',
    'service x start',
    'python3 -c "os.setsid()"',
    'subprocess.run(x, start_new_session=True)',
    'spawn("x", { detached: true })',
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
    'a &> /dev/null',
    'make >& out.txt',
    'cat <& 3',
    'sed s/a/\\& b/',
    'cat <&3',
    'a &&& b',
    'systemctl status x',
    'service x status',
    'tmux ls',
    'screen -ls',
    'docker compose up',
    'echo nohuper',
    'curl http://192.0.2.1/?a=1&b=2',
  ])('does not: %s', (command) => expect(isBackgroundCommand(command)).toBe(false));
});

it('a command is judged by its first 20,000 characters', () => {
  const text = (length: number): string => `echo ${'x'.repeat(length - 5)}`;
  expect(isBackgroundCommand(`${text(19_998)} &`)).toBe(true);
  expect(isBackgroundCommand(`${text(20_000)} &`)).toBe(false);
});

it.each<[string, unknown, string | undefined, boolean]>([
  ['the arguments say so', { command: 'x', run_in_background: true }, 'x', true],
  ['they say so as text', { is_background: 'true' }, undefined, true],
  ["they say so as editors' agents do", { isBackground: true }, undefined, true],
  ['they say so as Droid does', { fireAndForget: true }, undefined, true],
  ['they say so by any name', { n: 1, detach: true }, undefined, true],
  ['its command does', { command: 'x &' }, 'x &', true],
  ['they say that it does not', { command: 'x', background: false, detached: 'false' }, 'x', false],
  ['something else is true', { command: 'x', verbose: true }, 'x', false],
  ['there is neither', {}, undefined, false],
  ['they are no object', ['background', true], undefined, false],
  ['they are text', 'background', undefined, false],
])('whether a call may leave something running where %s', (_, args, command, expected) => {
  expect(mayRunOn(args, command)).toBe(expected);
});
