import { formatIso } from '../../core/time/time.ts';
import type {
  CoverageEvent,
  DnsEvent,
  Endpoint,
  EpisodeEvent,
  Event,
  InventoryEvent,
  LeaseEvent,
  MetricEvent,
  NatEvent,
  NetworkEvent,
  ProcessEvent,
  ToolCallEvent,
} from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';

/** Puts a value where its dotted name says; undefined says nothing. */
export type Put = (path: string, value: unknown) => void;

/** What events of one kind say besides what all do. */
const KINDS: { readonly [K in Event['kind']]: (event: Extract<Event, { readonly kind: K }>, put: Put) => void } = {
  network,
  process,
  nat,
  dns,
  'tool-call': toolCall,
  episode,
  lease,
  inventory,
  metric,
  coverage,
};

export function putKind<K extends Event['kind']>(event: Extract<Event, { readonly kind: K }>, put: Put): void {
  KINDS[event.kind as K](event, put);
}

function network(event: NetworkEvent, put: Put): void {
  put('event.category', ['network']);
  put('event.type', event.action === 'deny' ? ['denied'] : event.action === 'allow' ? ['allowed'] : ['info']);
  put('event.action', event.action === 'unknown' ? undefined : event.action);
  put('egressblame.action_raw', event.actionRaw);
  put('egressblame.type', event.type);
  put('egressblame.initiator', event.initiator);
  if (
    event.time.basis === 'flow-start' ||
    event.time.basis === 'window' ||
    event.time.basis === 'flow-end' ||
    event.time.basis === 'completion'
  ) {
    span(event.time.lo, event.time.hi, put);
  }
  endpoint('source', event.src, put);
  endpoint('destination', event.dst, put);
  put('source.nat.ip', event.nat?.srcIp);
  put('source.nat.port', event.nat?.srcPort);
  put('destination.nat.ip', event.nat?.dstIp);
  put('destination.nat.port', event.nat?.dstPort);
  put('source.bytes', event.bytes?.toDst);
  put('destination.bytes', event.bytes?.toSrc);
  put('network.transport', event.transport);
  put('network.direction', event.direction);
  put('network.community_id', event.communityId);
  put('rule.id', event.rule?.id);
  put('rule.name', event.rule?.name);
  put('rule.category', event.rule?.category);
  put('event.severity', event.severity);
  put('egressblame.severity_raw', event.severityRaw);
  put('observer.name', event.observer);
  put('observer.ingress.interface.name', event.inIf);
  put('observer.egress.interface.name', event.outIf);
  put('observer.ingress.zone', event.zoneIn);
  put('observer.egress.zone', event.zoneOut);
  put('dns.question.name', event.dns?.name);
  put('dns.question.type', event.dns?.type);
  put(
    'dns.answers',
    event.dns?.answers?.map((data) => ({ data })),
  );
  put('http.request.method', event.http?.method);
  put('http.response.status_code', event.http?.status);
  put('url.full', event.http?.url);
  put('url.domain', event.http?.host);
  put('user_agent.original', event.http?.userAgent);
  put('user.id', event.uid === undefined ? undefined : String(event.uid));
  put('process.pid', event.pid);
  put('process.name', event.comm);
  put('container.id', event.containerId);
  put('orchestrator.resource.name', event.srcPod);
  put('egressblame.src_pod', event.srcPod);
  put('egressblame.dst_pod', event.dstPod);
  put('egressblame.sandbox', event.sandboxId);
  put('egressblame.count', event.count);
  put('egressblame.seq', event.seq);
  put('egressblame.icmp', event.icmp);
  put('egressblame.state', event.state);
  put('egressblame.flow_id', event.flowId);
  put('egressblame.upstream', event.upstream);
}

function process(event: ProcessEvent, put: Put): void {
  put('event.category', event.socket === undefined ? ['process'] : ['process', 'network']);
  put('event.action', event.action ?? (event.op === 'alert' ? 'alert' : undefined));
  put('egressblame.op', event.op);
  put('event.outcome', event.result === 'ok' ? 'success' : event.result === 'fail' ? 'failure' : undefined);
  put('egressblame.result', event.result);
  put('process.pid', event.pid);
  put('process.thread.id', event.tid);
  put('process.entity_id', event.entityId);
  put('process.executable', event.exe);
  put('process.name', event.comm);
  put('process.args', event.args);
  put('process.command_line', event.commandLine ?? event.args?.join(' '));
  put('process.working_directory', event.cwd);
  put('process.start', event.start === undefined ? undefined : formatIso(event.start));
  put('process.exit_code', event.exit);
  put('process.parent.pid', event.ppid);
  put('process.parent.entity_id', event.parentEntityId);
  put('egressblame.child_pid', event.childPid);
  put('user.id', event.uid === undefined ? undefined : String(event.uid));
  put('container.id', event.containerId);
  put('orchestrator.resource.name', event.pod);
  put('egressblame.sandbox', event.sandboxId);
  put('rule.id', event.rule?.id);
  put('rule.name', event.rule?.name);
  put('event.severity', event.severity);
  put('egressblame.cookie', event.cookie);
  put('egressblame.state', event.state);
  put('egressblame.sharers', event.sharers);
  put('dns.question.name', event.dnsName);
  if (event.socket === undefined) return;
  put('network.transport', event.socket.transport);
  const inbound = event.op === 'accept';
  endpoint(inbound ? 'destination' : 'source', event.socket.local, put);
  endpoint(inbound ? 'source' : 'destination', event.socket.remote, put);
}

function nat(event: NatEvent, put: Put): void {
  put('event.category', ['network']);
  endpoint('source', event.src, put);
  endpoint('destination', event.dst, put);
  put('source.nat.ip', event.replyDst.ip);
  put('source.nat.port', event.replyDst.port);
  put('destination.nat.ip', event.replySrc.ip);
  put('destination.nat.port', event.replySrc.port);
  put('network.transport', event.transport);
  put('egressblame.phase', event.phase);
  put('egressblame.state', event.state);
  put('egressblame.id', event.id);
  put('egressblame.icmp', event.icmp);
}

function dns(event: DnsEvent, put: Put): void {
  put('event.category', ['network']);
  put('event.action', event.action);
  put('egressblame.op', event.op);
  if (event.client !== undefined) endpoint('source', event.client, put);
  put('destination.ip', event.upstream);
  put('network.transport', event.transport);
  put('dns.question.name', event.name);
  put('dns.question.type', event.qtype);
  put(
    'dns.answers',
    event.answers?.map((data) => ({ data })),
  );
  put('dns.response_code', event.rcode);
  put('egressblame.serial', event.serial);
  put('rule.id', event.rule?.id);
  put('rule.name', event.rule?.name);
}

function toolCall(event: ToolCallEvent, put: Put): void {
  span(event.start, event.end, put);
  put('gen_ai.operation.name', 'execute_tool');
  put('gen_ai.tool.name', event.name);
  put('gen_ai.tool.call.id', event.callId);
  put('gen_ai.tool.call.arguments', event.argumentsText);
  put('gen_ai.conversation.id', event.episodeId);
  put('process.command_line', event.command);
  put('process.pid', event.pid);
  put('container.id', event.containerId);
  put('egressblame.episode', event.episodeId);
  put('egressblame.index', event.index);
  put('egressblame.command', event.command);
  put('egressblame.sandbox', event.sandboxId);
  put('egressblame.start_basis', event.startBasis);
  put('egressblame.end_basis', event.endBasis);
  put('egressblame.executed', event.executed);
  put('egressblame.status', event.status);
  put('egressblame.background', event.background);
  put('egressblame.trust', event.trust);
  put('egressblame.step', event.step);
}

function episode(event: EpisodeEvent, put: Put): void {
  span(event.start, event.end, put);
  put('gen_ai.conversation.id', event.episodeId);
  put('gen_ai.agent.name', event.agent);
  put('gen_ai.request.model', event.model);
  put('container.id', event.containerId);
  put('egressblame.episode', event.episodeId);
  put('egressblame.run', event.run);
  put('egressblame.group', event.group);
  put('egressblame.step', event.step);
  put('egressblame.reward', event.reward);
  put('egressblame.task', event.task);
  put('egressblame.sandbox', event.sandboxId);
  put('egressblame.aliases', event.aliases);
  put('egressblame.traced', event.traced);
}

function lease(event: LeaseEvent, put: Put): void {
  span(event.start, event.end, put);
  put('host.ip', event.ip === undefined ? undefined : [event.ip]);
  put('user.id', event.uid === undefined ? undefined : String(event.uid));
  put('container.id', event.containerId);
  put('process.pid', event.rootPid);
  put('egressblame.sandbox', event.sandboxId);
  put('egressblame.episode', event.episodeId);
  put('egressblame.group', event.group);
}

function inventory(event: InventoryEvent, put: Put): void {
  put('host.ip', event.ips);
  put('egressblame.role', event.role);
  put('egressblame.name', event.name);
  put('egressblame.port', event.port);
}

function metric(event: MetricEvent, put: Put): void {
  put('egressblame.metric', event.name);
  put('egressblame.value', event.value);
  put('egressblame.unit', event.unit);
  put('egressblame.device', event.device);
  put('process.pid', event.pid);
  put('process.name', event.comm);
  put('orchestrator.resource.name', event.pod);
  put('container.id', event.containerId);
}

function coverage(event: CoverageEvent, put: Put): void {
  put('egressblame.reason', event.reason);
  put('egressblame.count', event.count);
  span(event.from, event.to, put);
}

function endpoint(side: 'source' | 'destination', value: Endpoint, put: Put): void {
  put(`${side}.ip`, value.ip);
  put(`${side}.port`, value.port);
  put(`${side}.domain`, value.domain);
}

function span(start: Micros | undefined, end: Micros | undefined, put: Put): void {
  put('event.start', start === undefined ? undefined : formatIso(start));
  put('event.end', end === undefined ? undefined : formatIso(end));
}
