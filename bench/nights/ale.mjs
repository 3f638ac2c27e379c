// What a ROCK and ROLL cluster behind Alibaba Cloud Firewall leaves: SLS export, billing log, trainer log.
const seconds = (us) => Math.floor(us / 1e6);
const shanghai = (us) => new Date(us / 1000 + 8 * 3600e3).toISOString().slice(0, 23);

/** Cloud Firewall session records as SLS exports them: every number a string. */
function session({ n, at, sandbox, alert, random }) {
  const start = seconds(at);
  const dst = alert ? `203.0.113.${1 + (n % 12)}` : `192.0.2.${1 + (n % 64)}`;
  const port = alert ? 3333 : 443;
  const result = alert ? 'drop' : 'pass';
  const rule = alert ? 'aaaaaaaa-0000-4000-8000-000000000001' : '00000000-0000-0000-0000-000000000000';
  return `{"__time__":"${start + 75}","__topic__":"cloudfirewall_access_log","log_type":"nat_firewall_log","aliuid":"100200300","acl_rule_id":"${rule}","app_dpi_state":"success","app_name":"${alert ? 'Unknown' : 'SSL'}","direction":"out","domain":"-","dst_ip":"${dst}","dst_port":"${port}","start_time":"${start}","end_time":"${start + (alert ? 0 : 60)}","start_time_min":"${start - (start % 60)}","in_packet_bytes":"${n % 90000}","ip_protocol":"tcp","ips_ai_rule_id":"00000000-0000-0000-0000-000000000000","ips_rule_id":"00000000-0000-0000-0000-000000000000","ips_rule_name":"-","ips_rule_name_en":"-","new_conn":"1","out_packet_bytes":"${n % 9000}","rule_result":"${result}","rule_source":"acl","src_ip":"${sandbox.ip}","src_port":"${32768 + Math.floor(random() * 28000)}","tcp_seq":"${1e9 + n}","url":"","vul_level":"${alert ? 2 : 0}"}`;
}

/** VPC flow log of the log service: a row for each side of a flow and window. */
function vpcFlow({ n, at, sandbox, alert, random }) {
  const start = seconds(at);
  return `{"__time__":"${start + 620}","__topic__":"flow_log","version":"1","vswitch-id":"vsw-bp1example","vm-id":"i-bp1example${sandbox.host.slice(-1)}","vpc-id":"vpc-bp1example","account-id":"100200300","eni-id":"eni-bp1example","region":"cn-hangzhou","srcaddr":"${sandbox.ip}","srcport":"${32768 + Math.floor(random() * 28000)}","dstaddr":"${alert ? `203.0.113.${1 + (n % 12)}` : `192.0.2.${1 + (n % 64)}`}","dstport":"${alert ? 3333 : 443}","protocol":"6","direction":"out","packets":"${n % 900}","bytes":"${n % 90000}","start":"${start}","end":"${start + (alert ? 1 : 580)}","log-status":"OK","action":"${alert ? 'REJECT' : 'ACCEPT'}","tcp-flags":"2","traffic_path":"-","srctype":"-","dsttype":"-"}`;
}

/** Session log of the NAT gateway. */
function natSession({ n, at, sandbox, random }) {
  const start = seconds(at);
  const port = 32768 + Math.floor(random() * 28000);
  return `{"__time__":"${start + 650}","instance":"ngw-bp1example","vpc_id":"vpc-bp1example","protocol":"6","pri_ip":"${sandbox.ip}","pri_port":"${port}","pub_ip":"192.0.2.${1 + (n % 64)}","pub_port":"443","nat_ip":"198.51.100.20","nat_port":"${port}","bytes_from_pub":"${n % 90000}","pkts_from_pub":"${n % 900}","bytes_from_vpc":"${n % 9000}","pkts_from_vpc":"${n % 90}","start_time":"${start}","end_time":"${start + 579}"}`;
}

/** ROCK writes a sandbox's record whenever one stops. */
function billing({ n, at, sandbox }) {
  const stamp = `${shanghai(at).slice(0, 19)}+08:00`;
  const id = `${sandbox.host}${n}`.replaceAll('-', '').padEnd(32, '0');
  return `${shanghai(at)}+08:00 INFO:billing.py:17 [billing] [${id}] [${String(n).padStart(32, 'a')}] -- {"host_ip": "10.70.1.${10 + (n % 200)}", "host_name": "${sandbox.host}", "image": "registry.example/swe/t${n % 90}:latest", "user_id": "rl-team", "experiment_id": "swe", "namespace": "default", "cluster_name": "default", "sandbox_id": "${id}", "state": "stopped", "port_mapping": {"22555": 40101, "8080": 40102, "22": 40103}, "cpus": 2.0, "memory": "8g", "create_time": "${shanghai(at - 600e6).slice(0, 19)}+08:00", "start_time": "${shanghai(at - 590e6).slice(0, 19)}+08:00", "stop_time": "${stamp}"}`;
}

/** ROLL's worker log: phases of environment steps, local time, no zone. */
function trainer({ n, at }) {
  const head = `[${shanghai(at).slice(0, 19).replace('T', ' ')}]`;
  const tail = '[INFO] [train_env-0 0 / 1][PID 48213]';
  if (n % 2 === 0)
    return `${head} [rock_tb_native_env.py (419)] ${tail} [RUN_SESSION] START - GroupID: ${n % 16}, Step:${n % 60}, prompt length ${n % 65536}`;
  return `${head} [rock_tb_native_env.py (347)] ${tail} [ENV_STEP] Success! - Step ${n % 60} finished, task: build-${n % 90}, reward: 0.0, success: False`;
}

export const ale = [
  { file: 'cloudfirewall.jsonl', share: 8, line: session, alerts: true },
  { file: 'billing.log', share: 1, line: billing },
  { file: 'log_rank_train_env-0_0_1.log', share: 1, line: trainer },
];

/** Its flow log and the NAT gateway's, as Simple Log Service exports them. */
export const sls = [
  { file: 'vpc-flow-log.jsonl', share: 3, line: vpcFlow, alerts: true },
  { file: 'nat-session-log.jsonl', share: 1, line: natSession },
];
