/** Texts of programs that no format reads, and that look like some of those that are read. */
export const STRANGE: Readonly<Record<string, string>> = {
  syslog: [
    'Nov 23 17:00:01 node-a CRON[1234]: (root) CMD (run-parts /etc/cron.hourly)',
    'Nov 23 17:00:02 node-a systemd[1]: Started Daily apt download activities.',
    'Nov 23 17:00:03 node-a sshd[900]: Accepted publickey for ops from 192.0.2.7 port 50000 ssh2',
    'Nov 23 17:00:04 node-a kernel: [12345.678901] usb 1-1: new high-speed USB device number 2 using xhci_hcd',
    'Nov 23 17:00:05 node-a sudo:  ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/apt update',
    'Nov 23 17:00:06 node-a dhclient[700]: bound to 10.0.0.5 -- renewal in 40000 seconds.',
    'Nov 23 17:00:07 node-a NetworkManager[500]: <info>  [1700758807.1234] device (eth0): state change',
    'Nov 23 17:00:08 node-a postfix/smtpd[2000]: connect from unknown[192.0.2.77]',
  ].join('\n'),
  'syslog with ISO times': [
    '2026-11-23T17:00:01.123456+01:00 node-a CRON[1234]: (root) CMD (run-parts /etc/cron.hourly)',
    '2026-11-23T17:00:02.123456+01:00 node-a systemd[1]: Started Daily apt download activities.',
    '2026-11-23T17:00:03.123456+01:00 node-a sshd[900]: Accepted publickey for ops from 192.0.2.7 port 50000 ssh2',
    '2026-11-23T17:00:04.123456+01:00 node-a kernel: [12345.678901] usb 1-1: new high-speed USB device number 2 using xhci_hcd',
    '2026-11-23T17:00:05.123456+01:00 node-a sudo:  ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/apt update',
    '2026-11-23T17:00:06.123456+01:00 node-a dhclient[700]: bound to 10.0.0.5 -- renewal in 40000 seconds.',
    '2026-11-23T17:00:07.123456+01:00 node-a NetworkManager[500]: <info>  [1700758807.1234] device (eth0): state change',
    '2026-11-23T17:00:08.123456+01:00 node-a postfix/smtpd[2000]: connect from unknown[192.0.2.77]',
  ].join('\n'),
  'syslog, RFC 5424': [
    '<30>1 2026-11-23T17:00:01.123456Z node-a CRON[1234] - - - (root) CMD (run-parts /etc/cron.hourly)',
    '<30>1 2026-11-23T17:00:02.123456Z node-a systemd[1] - - - Started Daily apt download activities.',
    '<30>1 2026-11-23T17:00:03.123456Z node-a sshd[900] - - - Accepted publickey for ops from 192.0.2.7 port 50000 ssh2',
    '<30>1 2026-11-23T17:00:04.123456Z node-a kernel - - - [12345.678901] usb 1-1: new high-speed USB device number 2 using xhci_hcd',
    '<30>1 2026-11-23T17:00:05.123456Z node-a sudo - - -  ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/bin/apt update',
    '<30>1 2026-11-23T17:00:06.123456Z node-a dhclient[700] - - - bound to 10.0.0.5 -- renewal in 40000 seconds.',
    '<30>1 2026-11-23T17:00:07.123456Z node-a NetworkManager[500] - - - <info>  [1700758807.1234] device (eth0): state change',
    '<30>1 2026-11-23T17:00:08.123456Z node-a postfix/smtpd[2000] - - - connect from unknown[192.0.2.77]',
  ].join('\n'),
  log4j: [
    '2026-11-23 17:00:01,123 INFO  [main] com.example.Server - listening on 10.0.0.5:8080',
    '2026-11-23 17:00:02,123 WARN  [pool-1] com.example.Client - connect to 192.0.2.9:443 failed: timed out',
    '2026-11-23 17:00:03,123 ERROR [pool-2] com.example.Worker - job 12 failed',
    'java.lang.IllegalStateException: nope',
    '\tat com.example.Worker.run(Worker.java:12)',
    '2026-11-23 17:00:04,123 INFO  [main] com.example.Server - done',
  ].join('\n'),
  'Python logging': [
    'INFO:root:starting worker 3',
    'WARNING:urllib3.connectionpool:Retrying (Retry(total=2)) after connection broken: /simple/pip/',
    '[2026-11-23 17:00:03] INFO worker: step 12 loss 0.331 lr 1e-4',
    '10:00:01 epoch 3 batch 1200 loss 0.2231',
    '17:00:03 4242 INFO connected 192.0.2.9',
    'Traceback (most recent call last):',
    '  File "/app/x.py", line 3, in <module>',
    'ValueError: bad',
  ].join('\n'),
  'nginx errors': [
    '2026/11/23 17:00:01 [error] 1234#1234: *5 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.7, server: a.example, request: "GET / HTTP/1.1", upstream: "http://10.0.0.9:8080/", host: "a.example"',
    '2026/11/23 17:00:02 [notice] 1#1: signal process started',
  ].join('\n'),
  klog: [
    'I1123 17:00:00.123456       1 controller.go:12] Starting controller',
    'E1123 17:00:01.123456       1 reflector.go:138] Failed to watch: dial tcp 192.0.2.9:443: connect: connection refused',
  ].join('\n'),
  Redis: [
    '1:C 23 Nov 2026 17:00:00.123 # Redis is starting',
    '1:M 23 Nov 2026 17:00:00.223 * Ready to accept connections',
  ].join('\n'),
  PostgreSQL: [
    '2026-11-23 17:00:00.123 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432',
    '2026-11-23 17:00:01.123 UTC [55] ann@db LOG:  connection authorized: user=ann database=db',
  ].join('\n'),
  'Slurm controller': [
    '[2026-11-23T17:00:00.123] _slurm_rpc_submit_batch_job: JobId=1201 InitPrio=4294901759 usec=412',
    '[2026-11-23T17:00:01.123] sched: Allocate JobId=1201 NodeList=node-a #CPUs=8 Partition=gpu',
  ].join('\n'),
  'docker compose logs': [
    'web-1  | INFO:     Started server process [1]',
    'db-1   | LOG:  database system is ready to accept connections',
  ].join('\n'),
  pino: [
    '{"level":30,"time":1795453200000,"pid":17,"hostname":"node-a","msg":"server listening at http://10.0.0.5:3000"}',
    '{"level":30,"time":1795453201000,"pid":17,"hostname":"node-a","reqId":"req-1","req":{"method":"GET","url":"/","host":"a.example","remoteAddress":"192.0.2.7","remotePort":51000},"msg":"incoming request"}',
  ].join('\n'),
  zap: [
    '{"level":"info","ts":1795453200.123,"caller":"server/main.go:12","msg":"started","addr":"10.0.0.5:8080"}',
    '{"level":"error","ts":1795453201.123,"logger":"controller","msg":"Reconciler error","namespace":"default","name":"x","error":"dial tcp 192.0.2.9:443: i/o timeout"}',
  ].join('\n'),
  structlog: [
    '{"event":"user_login","timestamp":"2026-11-23T17:00:00Z","level":"info","user":"ann","ip":"192.0.2.7"}',
    '{"event":"step","timestamp":"2026-11-23T17:00:01Z","level":"info","step":12,"loss":0.2}',
  ].join('\n'),
  CycloneDX: [
    '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[{"type":"library","name":"left-pad","version":"1.3.0"}]}',
  ].join('\n'),
  'package.json': ['{"name":"x","version":"1.0.0","dependencies":{"a":"^1"},"scripts":{"test":"vitest"}}'].join('\n'),
  Trivy: [
    '{"SchemaVersion":2,"ArtifactName":"img","Results":[{"Target":"x","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-0001","PkgName":"curl","Severity":"HIGH"}]}]}',
  ].join('\n'),
  SARIF: [
    '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"semgrep","rules":[]}},"results":[{"ruleId":"x","message":{"text":"bad"}}]}]}',
  ].join('\n'),
  'Terraform state': [
    '{"version":4,"terraform_version":"1.5.0","resources":[{"type":"aws_instance","name":"x","instances":[{"attributes":{"private_ip":"10.0.0.5"}}]}]}',
  ].join('\n'),
  'people as CSV': [
    'id,name,email,created_at',
    '1,Ann,ann@a.example,2026-11-23T17:00:00Z',
    '2,Bob,bob@a.example,2026-11-23T17:00:01Z',
  ].join('\n'),
  'metrics as CSV': [
    'timestamp,host,cpu,mem,ip',
    '2026-11-23T17:00:00Z,node-a,12.5,2048,10.0.0.5',
    '2026-11-23T17:00:01Z,node-b,13.5,2049,10.0.0.6',
  ].join('\n'),
  'open ports as CSV': [
    'ip,port,protocol,service,state',
    '192.0.2.9,443,tcp,https,open',
    '192.0.2.9,22,tcp,ssh,open',
  ].join('\n'),
  top: [
    'top - 17:00:01 up 3 days,  2:11,  1 user,  load average: 0.12, 0.10, 0.09',
    'Tasks: 212 total,   1 running, 211 sleeping,   0 stopped,   0 zombie',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
    '   4242 ann       20   0   16700   1100   1000 S   0.3   0.1   0:00.12 curl',
  ].join('\n'),
  vmstat: [
    'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----',
    ' r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st',
    ' 1  0      0 123456  12345 234567    0    0     1     2   30   40  1  1 98  0  0',
  ].join('\n'),
  'ip neigh': [
    '10.0.0.9 dev eth0 lladdr 02:42:0a:00:00:09 REACHABLE',
    '10.0.0.1 dev eth0 lladdr 02:42:0a:00:00:01 STALE',
  ].join('\n'),
  'iptables-save': ['*filter', ':INPUT ACCEPT [0:0]', '-A OUTPUT -d 192.0.2.0/24 -j DROP', 'COMMIT'].join('\n'),
  last: [
    'ops      pts/0        192.0.2.7        Mon Nov 23 17:00   still logged in',
    'reboot   system boot  6.8.0-generic    Sun Nov 22 10:00   still running',
  ].join('\n'),
  'git log': [
    'commit 0123456789abcdef0123456789abcdef01234567',
    'Author: Ann <ann@a.example>',
    'Date:   Mon Nov 23 17:00:00 2026 +0000',
    '',
    '    core: x',
  ].join('\n'),
  'rows of numbers': ['12 34 56', '78 90 12', '10:00:00 12 23 abc 1.2.3.4 x'].join('\n'),
  notes: ['# Incident notes', 'At 17:00 curl (pid 4242) on 10.0.0.5 contacted 192.0.2.9:443.', '- see `ss -tnp`'].join(
    '\n',
  ),
  ConfigMap: ['apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: x', 'data:', '  a: b'].join('\n'),
};
