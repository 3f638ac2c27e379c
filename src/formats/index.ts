import type { Format } from '../model/format.ts';
import { acp } from './acp/index.ts';
import { actiontrail } from './actiontrail/index.ts';
import { adguardQuerylog } from './adguard-querylog/index.ts';
import { alibabaCfw } from './alibaba-cfw/index.ts';
import { alibabaCfwEvents } from './alibaba-cfw-events/index.ts';
import { alibabaDns } from './alibaba-dns/index.ts';
import { alibabaNatSession } from './alibaba-nat-session/index.ts';
import { alibabaSas } from './alibaba-sas/index.ts';
import { alibabaVpcFlow } from './alibaba-vpc-flow/index.ts';
import { amp } from './amp/index.ts';
import { auditbeat } from './auditbeat/index.ts';
import { auditd } from './auditd/index.ts';
import { autogen } from './autogen/index.ts';
import { awsGuardduty } from './aws-guardduty/index.ts';
import { awsNetworkFirewall } from './aws-network-firewall/index.ts';
import { awsRoute53Resolver } from './aws-route53-resolver/index.ts';
import { awsVpcflow } from './aws-vpcflow/index.ts';
import { azureFirewall } from './azure-firewall/index.ts';
import { azureFlowFlattened } from './azure-flow-flattened/index.ts';
import { azureNsgFlow } from './azure-nsg-flow/index.ts';
import { azureTrafficAnalytics } from './azure-traffic-analytics/index.ts';
import { azureVnetFlow } from './azure-vnet-flow/index.ts';
import { barracudaCgfw } from './barracuda-cgfw/index.ts';
import { bcc } from './bcc/index.ts';
import { bind } from './bind/index.ts';
import { bpftrace } from './bpftrace/index.ts';
import { braintrust } from './braintrust/index.ts';
import { calicoFelixSyslog } from './calico-felix-syslog/index.ts';
import { calicoFlow } from './calico-flow/index.ts';
import { cef } from './cef/index.ts';
import { chatMessages } from './chat-messages/index.ts';
import { checkpointSyslog } from './checkpoint-syslog/index.ts';
import { ciliumHubble } from './cilium-hubble/index.ts';
import { ciliumHubbleDict } from './cilium-hubble-dict/index.ts';
import { ciscoAsa } from './cisco-asa/index.ts';
import { ciscoFtd } from './cisco-ftd/index.ts';
import { ciscoIos } from './cisco-ios/index.ts';
import { ciscoMeraki } from './cisco-meraki/index.ts';
import { ciscoUmbrella } from './cisco-umbrella/index.ts';
import { claudeCode } from './claude-code/index.ts';
import { clavister } from './clavister/index.ts';
import { cline } from './cline/index.ts';
import { cloudflareGateway } from './cloudflare-gateway/index.ts';
import { codex } from './codex/index.ts';
import { codexExec } from './codex-exec/index.ts';
import { commonSecurityLog } from './common-security-log/index.ts';
import { conntrack } from './conntrack/index.ts';
import { containerdEvents } from './containerd-events/index.ts';
import { continueDev } from './continue-dev/index.ts';
import { copilot } from './copilot/index.ts';
import { coredns } from './coredns/index.ts';
import { crictl } from './crictl/index.ts';
import { cursorAgent } from './cursor-agent/index.ts';
import { dante } from './dante/index.ts';
import { dcgm } from './dcgm/index.ts';
import { defender } from './defender/index.ts';
import { dhcpdSyslog } from './dhcpd-syslog/index.ts';
import { dnsmasq } from './dnsmasq/index.ts';
import { dnsmasqLeases } from './dnsmasq-leases/index.ts';
import { dnstapRead } from './dnstap-read/index.ts';
import { dnstapYaml } from './dnstap-yaml/index.ts';
import { dockerCompose } from './docker-compose/index.ts';
import { dockerEvents } from './docker-events/index.ts';
import { dockerInspect } from './docker-inspect/index.ts';
import { dockerPs } from './docker-ps/index.ts';
import { droid } from './droid/index.ts';
import { ecar } from './ecar/index.ts';
import { ecsJson } from './ecs-json/index.ts';
import { envoy } from './envoy/index.ts';
import { envoyIstio } from './envoy-istio/index.ts';
import { falco } from './falco/index.ts';
import { falcon } from './falcon/index.ts';
import { fortigateKv } from './fortigate-kv/index.ts';
import { gatewatcherJson } from './gatewatcher-json/index.ts';
import { gcpDns } from './gcp-dns/index.ts';
import { gcpFirewall } from './gcp-firewall/index.ts';
import { gcpThreat } from './gcp-threat/index.ts';
import { gcpVpcflow } from './gcp-vpcflow/index.ts';
import { geminiSession } from './gemini-session/index.ts';
import { geminiTelemetry } from './gemini-telemetry/index.ts';
import { getNettcpconnection } from './get-nettcpconnection/index.ts';
import { googleAdk } from './google-adk/index.ts';
import { goose } from './goose/index.ts';
import { gptme } from './gptme/index.ts';
import { gvisor } from './gvisor/index.ts';
import { h3cComware } from './h3c-comware/index.ts';
import { haproxy } from './haproxy/index.ts';
import { harborAtif } from './harbor-atif/index.ts';
import { harmonyEmailJson } from './harmony-email-json/index.ts';
import { hillstone } from './hillstone/index.ts';
import { huaweiUsg } from './huawei-usg/index.ts';
import { iflowSession } from './iflow-session/index.ts';
import { infobloxNios } from './infoblox-nios/index.ts';
import { inspect } from './inspect/index.ts';
import { inspektorGadget } from './inspektor-gadget/index.ts';
import { inventory } from './inventory/index.ts';
import { iscDhcpdLeases } from './isc-dhcpd-leases/index.ts';
import { juniperSrx } from './juniper-srx/index.ts';
import { k8sAntrea } from './k8s-antrea/index.ts';
import { k8sAudit } from './k8s-audit/index.ts';
import { k8sEksNetpol } from './k8s-eks-netpol/index.ts';
import { k8sEvents } from './k8s-events/index.ts';
import { k8sGkeNetpol } from './k8s-gke-netpol/index.ts';
import { k8sObjects } from './k8s-objects/index.ts';
import { k8sOvnAcl } from './k8s-ovn-acl/index.ts';
import { keaLeases } from './kea-leases/index.ts';
import { kimiCli } from './kimi-cli/index.ts';
import { kiro } from './kiro/index.ts';
import { kubeStateMetrics } from './kube-state-metrics/index.ts';
import { kubearmor } from './kubearmor/index.ts';
import { kubectlPods } from './kubectl-pods/index.ts';
import { langchain } from './langchain/index.ts';
import { langfuse } from './langfuse/index.ts';
import { langsmith } from './langsmith/index.ts';
import { laurel } from './laurel/index.ts';
import { leases } from './leases/index.ts';
import { leef } from './leef/index.ts';
import { lsof } from './lsof/index.ts';
import { managedAgents } from './managed-agents/index.ts';
import { mcpLog } from './mcp-log/index.ts';
import { mihomo } from './mihomo/index.ts';
import { mikrotik } from './mikrotik/index.ts';
import { miniSweAgent } from './mini-swe-agent/index.ts';
import { mitmproxy } from './mitmproxy/index.ts';
import { mlflow } from './mlflow/index.ts';
import { modelCalls } from './model-calls/index.ts';
import { nemoGym } from './nemo-gym/index.ts';
import { netfilterLog } from './netfilter-log/index.ts';
import { netflowJson } from './netflow-json/index.ts';
import { netscreen } from './netscreen/index.ts';
import { netstat } from './netstat/index.ts';
import { nfdump } from './nfdump/index.ts';
import { nsxDfw } from './nsx-dfw/index.ts';
import { nvidiaGpuExporter } from './nvidia-gpu-exporter/index.ts';
import { nvidiaSmiCsv } from './nvidia-smi-csv/index.ts';
import { nvidiaSmiMon } from './nvidia-smi-mon/index.ts';
import { nvidiaSmiTable } from './nvidia-smi-table/index.ts';
import { nvidiaSmiXml } from './nvidia-smi-xml/index.ts';
import { ociVcnFlow } from './oci-vcn-flow/index.ts';
import { ocsf } from './ocsf/index.ts';
import { openaiAgents } from './openai-agents/index.ts';
import { openclawTelemetry } from './openclaw-telemetry/index.ts';
import { opencode } from './opencode/index.ts';
import { openhands } from './openhands/index.ts';
import { opensandboxEgress } from './opensandbox-egress/index.ts';
import { osquery } from './osquery/index.ts';
import { otlp } from './otlp/index.ts';
import { panosCsv } from './panos-csv/index.ts';
import { panosJson } from './panos-json/index.ts';
import { pfFilterlog } from './pf-filterlog/index.ts';
import { phoenix } from './phoenix/index.ts';
import { pi } from './pi/index.ts';
import { powerdns } from './powerdns/index.ts';
import { procNetTcp } from './proc-net-tcp/index.ts';
import { prometheusQuery } from './prometheus-query/index.ts';
import { proxmoxFw } from './proxmox-fw/index.ts';
import { ps } from './ps/index.ts';
import { pydanticAi } from './pydantic-ai/index.ts';
import { qwenCode } from './qwen-code/index.ts';
import { rockAccess } from './rock-access/index.ts';
import { rockBilling } from './rock-billing/index.ts';
import { rockCommand } from './rock-command/index.ts';
import { rockLlmservice } from './rock-llmservice/index.ts';
import { rockLlmtraj } from './rock-llmtraj/index.ts';
import { rockSandbox } from './rock-sandbox/index.ts';
import { rollDump } from './roll-dump/index.ts';
import { rollLog } from './roll-log/index.ts';
import { sangforAf } from './sangfor-af/index.ts';
import { smokescreen } from './smokescreen/index.ts';
import { smolagents } from './smolagents/index.ts';
import { snortCsv } from './snort-csv/index.ts';
import { snortFast } from './snort-fast/index.ts';
import { snortFull } from './snort-full/index.ts';
import { snortJson } from './snort-json/index.ts';
import { snortSyslog } from './snort-syslog/index.ts';
import { sonicwall } from './sonicwall/index.ts';
import { sophosUtm } from './sophos-utm/index.ts';
import { sophosXg } from './sophos-xg/index.ts';
import { squid } from './squid/index.ts';
import { squidAwf } from './squid-awf/index.ts';
import { squidAwfJsonl } from './squid-awf-jsonl/index.ts';
import { ss } from './ss/index.ts';
import { stormshield } from './stormshield/index.ts';
import { strace } from './strace/index.ts';
import { suricataEve } from './suricata-eve/index.ts';
import { suricataFast } from './suricata-fast/index.ts';
import { sweAgent } from './swe-agent/index.ts';
import { sysdig } from './sysdig/index.ts';
import { sysmonXml } from './sysmon-xml/index.ts';
import { tailscaleFlow } from './tailscale-flow/index.ts';
import { tcpdump } from './tcpdump/index.ts';
import { terminalBench } from './terminal-bench/index.ts';
import { tetragon } from './tetragon/index.ts';
import { tinyproxy } from './tinyproxy/index.ts';
import { toolCalls } from './tool-calls/index.ts';
import { tracee } from './tracee/index.ts';
import { traeAgent } from './trae-agent/index.ts';
import { trainingDump } from './training-dump/index.ts';
import { tsharkEk } from './tshark-ek/index.ts';
import { tsharkFields } from './tshark-fields/index.ts';
import { ulogd2Json } from './ulogd2-json/index.ts';
import { unbound } from './unbound/index.ts';
import { verifiers } from './verifiers/index.ts';
import { vscodeChat } from './vscode-chat/index.ts';
import { w3cProxy } from './w3c-proxy/index.ts';
import { watchguard } from './watchguard/index.ts';
import { weave } from './weave/index.ts';
import { webAccess } from './web-access/index.ts';
import { windowsFirewall } from './windows-firewall/index.ts';
import { windowsJson } from './windows-json/index.ts';
import { xray } from './xray/index.ts';
import { zeekJson } from './zeek-json/index.ts';
import { zeekTsv } from './zeek-tsv/index.ts';
import { zscalerDns } from './zscaler-dns/index.ts';
import { zscalerJson } from './zscaler-json/index.ts';
import { zscalerWeb } from './zscaler-web/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  acp,
  actiontrail,
  adguardQuerylog,
  alibabaCfw,
  alibabaCfwEvents,
  alibabaDns,
  alibabaNatSession,
  alibabaSas,
  alibabaVpcFlow,
  amp,
  auditbeat,
  auditd,
  autogen,
  awsGuardduty,
  awsNetworkFirewall,
  awsRoute53Resolver,
  awsVpcflow,
  azureFirewall,
  azureFlowFlattened,
  azureNsgFlow,
  azureTrafficAnalytics,
  azureVnetFlow,
  barracudaCgfw,
  bcc,
  bind,
  bpftrace,
  braintrust,
  calicoFelixSyslog,
  calicoFlow,
  cef,
  chatMessages,
  checkpointSyslog,
  ciliumHubble,
  ciliumHubbleDict,
  ciscoAsa,
  ciscoFtd,
  ciscoIos,
  ciscoMeraki,
  ciscoUmbrella,
  claudeCode,
  clavister,
  cline,
  cloudflareGateway,
  codex,
  codexExec,
  commonSecurityLog,
  conntrack,
  containerdEvents,
  continueDev,
  copilot,
  coredns,
  crictl,
  cursorAgent,
  dante,
  dcgm,
  defender,
  dhcpdSyslog,
  dnsmasq,
  dnsmasqLeases,
  dnstapRead,
  dnstapYaml,
  dockerCompose,
  dockerEvents,
  dockerInspect,
  dockerPs,
  droid,
  ecar,
  ecsJson,
  envoy,
  envoyIstio,
  falco,
  falcon,
  fortigateKv,
  gatewatcherJson,
  gcpDns,
  gcpFirewall,
  gcpThreat,
  gcpVpcflow,
  geminiSession,
  geminiTelemetry,
  getNettcpconnection,
  googleAdk,
  goose,
  gptme,
  gvisor,
  h3cComware,
  haproxy,
  harborAtif,
  harmonyEmailJson,
  hillstone,
  huaweiUsg,
  iflowSession,
  infobloxNios,
  inspect,
  inspektorGadget,
  inventory,
  iscDhcpdLeases,
  juniperSrx,
  k8sAntrea,
  k8sAudit,
  k8sEksNetpol,
  k8sEvents,
  k8sGkeNetpol,
  k8sObjects,
  k8sOvnAcl,
  keaLeases,
  kimiCli,
  kiro,
  kubeStateMetrics,
  kubearmor,
  kubectlPods,
  langchain,
  langfuse,
  langsmith,
  laurel,
  leases,
  leef,
  lsof,
  managedAgents,
  mcpLog,
  mihomo,
  mikrotik,
  miniSweAgent,
  mitmproxy,
  mlflow,
  modelCalls,
  nemoGym,
  netfilterLog,
  netflowJson,
  netscreen,
  netstat,
  nfdump,
  nsxDfw,
  nvidiaGpuExporter,
  nvidiaSmiCsv,
  nvidiaSmiMon,
  nvidiaSmiTable,
  nvidiaSmiXml,
  ociVcnFlow,
  ocsf,
  openaiAgents,
  openclawTelemetry,
  opencode,
  openhands,
  opensandboxEgress,
  osquery,
  otlp,
  panosCsv,
  panosJson,
  pfFilterlog,
  phoenix,
  pi,
  powerdns,
  procNetTcp,
  prometheusQuery,
  proxmoxFw,
  ps,
  pydanticAi,
  qwenCode,
  rockAccess,
  rockBilling,
  rockCommand,
  rockLlmservice,
  rockLlmtraj,
  rockSandbox,
  rollDump,
  rollLog,
  sangforAf,
  smokescreen,
  smolagents,
  snortCsv,
  snortFast,
  snortFull,
  snortJson,
  snortSyslog,
  sonicwall,
  sophosUtm,
  sophosXg,
  squid,
  squidAwf,
  squidAwfJsonl,
  ss,
  stormshield,
  strace,
  suricataEve,
  suricataFast,
  sweAgent,
  sysdig,
  sysmonXml,
  tailscaleFlow,
  tcpdump,
  terminalBench,
  tetragon,
  tinyproxy,
  toolCalls,
  tracee,
  traeAgent,
  trainingDump,
  tsharkEk,
  tsharkFields,
  ulogd2Json,
  unbound,
  verifiers,
  vscodeChat,
  w3cProxy,
  watchguard,
  weave,
  webAccess,
  windowsFirewall,
  windowsJson,
  xray,
  zeekJson,
  zeekTsv,
  zscalerDns,
  zscalerJson,
  zscalerWeb,
];
