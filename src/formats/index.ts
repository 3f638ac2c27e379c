import type { Format } from '../model/format.ts';
import { awsGuardduty } from './aws-guardduty/index.ts';
import { awsRoute53Resolver } from './aws-route53-resolver/index.ts';
import { awsVpcflow } from './aws-vpcflow/index.ts';
import { azureFirewall } from './azure-firewall/index.ts';
import { azureFlowFlattened } from './azure-flow-flattened/index.ts';
import { azureNsgFlow } from './azure-nsg-flow/index.ts';
import { azureVnetFlow } from './azure-vnet-flow/index.ts';
import { calicoFelixSyslog } from './calico-felix-syslog/index.ts';
import { calicoFlow } from './calico-flow/index.ts';
import { ciliumHubble } from './cilium-hubble/index.ts';
import { cloudflareGateway } from './cloudflare-gateway/index.ts';
import { conntrack } from './conntrack/index.ts';
import { ecsJson } from './ecs-json/index.ts';
import { gcpDns } from './gcp-dns/index.ts';
import { gcpFirewall } from './gcp-firewall/index.ts';
import { gcpVpcflow } from './gcp-vpcflow/index.ts';
import { k8sAntrea } from './k8s-antrea/index.ts';
import { k8sEksNetpol } from './k8s-eks-netpol/index.ts';
import { k8sGkeNetpol } from './k8s-gke-netpol/index.ts';
import { k8sOvnAcl } from './k8s-ovn-acl/index.ts';
import { ocsf } from './ocsf/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  awsGuardduty,
  awsRoute53Resolver,
  awsVpcflow,
  azureFirewall,
  azureFlowFlattened,
  azureNsgFlow,
  azureVnetFlow,
  calicoFelixSyslog,
  calicoFlow,
  ciliumHubble,
  cloudflareGateway,
  conntrack,
  ecsJson,
  gcpDns,
  gcpFirewall,
  gcpVpcflow,
  k8sAntrea,
  k8sEksNetpol,
  k8sGkeNetpol,
  k8sOvnAcl,
  ocsf,
];
