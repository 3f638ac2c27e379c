import { type Actor, behindEdge, type Call, call, child, denied, episode, exec, newPid, send } from './acts.ts';
import * as lines from './lines.ts';
import { curl, DENY, deed, environment, ordinary, type Scene, target, truth } from './scene.ts';

/** Two episodes on one host run the same command at once; the first of them is to blame. */
function twinDeeds(scene: Scene): { readonly ip: string; readonly made: Call; readonly actor: Actor } {
  const { world, blind } = scene;
  const rival =
    world.sandboxes.find((box) => box.host === blind.host && box !== blind && box.freeAt <= scene.t) ?? scene.other;
  const ip = target(world);
  const command = `curl -m 5 http://${ip}/x`;
  const made = deed(scene, blind, command);
  deed(scene, rival, command);
  const actor = child(world, made, made.start + 0.1, ['curl', '-m', '5', `http://${ip}/x`]);
  return { ip, made, actor };
}

/** Two episodes behind one address run the same command at once, and nothing on the host tells them apart. */
export function sharedEgress(scene: Scene): void {
  const { world } = scene;
  const { ip, made, actor } = twinDeeds(scene);
  const sent = send(world, made.start + 1.5, actor, { dst: ip, port: 80 });
  denied(world, made.start + 1.5, sent, DENY, truth(scene, 'egress', made, { answerable: false }));
}

/** Pods share their node's address and run the same command at once, but the policy log names the pod. */
export function podNamed(scene: Scene): void {
  const { world, blind } = scene;
  const { ip, made, actor } = twinDeeds(scene);
  const { packet } = send(world, made.start + 0.3, actor, { dst: ip, port: 80 });
  world.write(
    `${blind.host.name}-antrea-np.log`,
    blind.host.name,
    made.start + 0.301,
    (read) => lines.antrea(read, packet, blind.id),
    truth(scene, 'egress', made),
  );
}

/** Another process gets the number of the culprit, which has exited. */
export function pidReuse(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, `wget -T 3 http://${ip}:9000/a`);
  const actor = child(world, made, made.start + 0.1, ['wget', '-T', '3', `http://${ip}:9000/a`]);
  const sent = send(world, made.start + 0.2, actor, { dst: ip, port: 9000 });
  denied(world, made.start + 0.2, sent, DENY, truth(scene, 'egress', made, actor.who));
  const later = made.episode.start + 15;
  exec(world, scene.sandbox.host, later, {
    ...actor.who,
    uid: 20_101,
    ppid: 1,
    argv: ['logrotate', '/etc/logrotate.conf'],
  });
}

/** A process outlives its episode; the sandbox and its address already belong to the next one. */
export function ipReuse(scene: Scene): void {
  const { world, sandbox } = scene;
  const ip = target(world);
  const made = deed(scene, sandbox, `nohup ./agentd --beacon ${ip}:5555 >/dev/null 2>&1 &`, 0.3);
  const actor = child(world, made, made.start + 0.1, ['./agentd', '--beacon', `${ip}:5555`]);
  const next = episode(world, sandbox, made.episode.end, 25, environment(world));
  ordinary(world, next, 2);
  const t = next.start + 8;
  ordinary(world, next, 7.5);
  denied(world, t, send(world, t, actor, { dst: ip, port: 5555 }), DENY, truth(scene, 'delayed', made, actor.who));
}

/** setsid and double fork: the child's first record says ppid 1. */
export function detachedChild(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, `setsid sh -c 'sleep 9; ./beat ${ip} 7777' >/dev/null 2>&1 &`, 0.2);
  child(world, made, made.start + 0.1, ['sh', '-c', `sleep 9; ./beat ${ip} 7777`]);
  const actor = child(world, made, made.start + 9.2, ['./beat', ip, '7777'], 1);
  const t = made.start + 9.3;
  denied(world, t, send(world, t, actor, { dst: ip, port: 7777 }), DENY, truth(scene, 'delayed', made, actor.who));
}

/** The call only writes a crontab; cron starts the culprit. */
export function cron(scene: Scene): void {
  const { world, sandbox } = scene;
  const ip = target(world);
  const made = deed(scene, sandbox, `echo '* * * * * curl -m 5 http://${ip}:8081/c' | crontab -`, 0.3);
  const who = {
    pid: newPid(sandbox.host, world),
    ppid: 612,
    uid: sandbox.uid,
    argv: ['curl', '-m', '5', `http://${ip}:8081/c`],
  };
  const t = made.start + 8;
  exec(world, sandbox.host, t, who);
  const actor: Actor = { host: sandbox.host, ip: sandbox.ip, who, sandbox };
  const sent = send(world, t + 0.1, actor, { dst: ip, port: 8081 });
  denied(world, t + 0.1, sent, DENY, truth(scene, 'cron', made, who));
}

/** The host's records of the moment are gone, and the command does not name the target. */
export function logLoss(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, 'python3 run.py --all');
  const actor: Actor = { host: scene.sandbox.host, ip: scene.sandbox.ip, who: made.shell, sandbox: scene.sandbox };
  const sent = send(world, made.start + 0.4, actor, { dst: ip, port: 8443, unseen: true });
  denied(world, made.start + 0.4, sent, DENY, truth(scene, 'egress', made, { answerable: false }));
}

/** Only a ten-minute aggregate of the refused flow exists. */
export function aggregatedLate(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, `curl --retry 5 http://${ip}:8444/z`);
  const actor = child(world, made, made.start + 0.1, ['curl', '--retry', '5', `http://${ip}:8444/z`]);
  const { packet } = send(world, made.start + 0.2, actor, { dst: ip, port: 8444 });
  world.write(
    'vpc-flow.log',
    'edge-fw',
    made.start + 580,
    (read) => lines.vpcFlow(read - 590, read, packet, 6),
    truth(scene, 'egress', made, actor.who),
  );
}

/** Many harmless connections at the moment of one bad one. */
export function innocentBurst(scene: Scene): void {
  const { world, other } = scene;
  const run = episode(world, other, scene.t, 25, environment(world));
  const busy = call(world, run, 3, 8, 'pip install -r requirements.txt');
  for (let i = 0; i < 20; i++) {
    const actor = child(world, busy, busy.start + 0.1 + i * 0.35, ['pip', 'download']);
    behindEdge(
      world,
      busy.start + 0.15 + i * 0.35,
      send(world, busy.start + 0.15 + i * 0.35, actor, { dst: '198.51.100.10', port: 443 }),
    );
  }
  curl(scene, scene.sandbox);
}

/** A daemon of the platform is refused while agents work. */
export function infraNoise(scene: Scene): void {
  const { world, sandbox } = scene;
  ordinary(world, episode(world, sandbox, scene.t, 25, environment(world)), 6);
  const { host } = sandbox;
  const who = {
    pid: newPid(host, world),
    ppid: 1,
    uid: 20_101,
    argv: ['node_exporter', '--push', 'metrics.ops.example'],
  };
  exec(world, host, scene.t + 5, who);
  const sent = send(world, scene.t + 6.2, { host, ip: host.lanIp, who }, { dst: target(world), port: 9091 });
  denied(world, scene.t + 6.2, sent, DENY, truth(scene, 'infra-server', undefined, who));
}
