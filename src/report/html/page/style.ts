/** The episodes from the third piece of their list on: five hundred of them, told in full, would take 120 sheets of paper. */
const BRIEFLY = ':is(.piece,.told)+:is(.piece,.told) .episodes';

/** The whole look. No address, no font, no picture: the file must work without a network. */
export const STYLE = `
:root{color-scheme:light dark;--bg:light-dark(#fff,#0d1117);--fg:light-dark(#1b1f24,#e6edf3);--dim:light-dark(#57606a,#9aa4af);
--line:light-dark(#d0d7de,#30363d);--card:light-dark(#f6f8fa,#161b22);--link:light-dark(#0550ae,#79c0ff);
--proven:light-dark(#b3151f,#ff8182);--likely:light-dark(#8f4700,#f0a742);--ambiguous:light-dark(#6639ba,#c49bff);
--unattributed:light-dark(#4a5563,#a6b0bb);--not-agent:light-dark(#116329,#56d364)}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:3.5rem}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main,header.top{max-width:76rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.15rem;margin:1rem 0 .5rem;color:var(--dim);font-weight:600}h2{font-size:1.25rem;margin:1.8rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}a{color:var(--link)}ol,ul{margin:.3rem 0}
code,pre{font:.85rem/1.45 ui-monospace,monospace}
pre{margin:.25rem 0;padding:.5rem .6rem;background:var(--bg);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;max-height:14rem;overflow:auto}
time{white-space:nowrap}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.3rem;z-index:3}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
button,input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.2rem .6rem;min-height:2.2rem;min-width:2.4rem}
button{cursor:pointer}button[aria-pressed=true]{border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
input[type=search]{flex:1 1 16rem;max-width:24rem}input[type=checkbox]{accent-color:var(--link)}
.verdict{border:1px solid var(--line);border-left:6px solid var(--fg);border-radius:8px;background:var(--card);padding:.8rem 1rem}
.verdict>p:first-child{font-size:1.3rem;font-weight:650;line-height:1.3;margin:0 0 .5rem}
.verdict ol{padding-left:1.4rem}
.counts{display:flex;flex-wrap:wrap;gap:.4rem .9rem;list-style:none;margin:.3rem 0;padding:0}
.v{font-weight:650;white-space:nowrap}
.v.proven::before{content:"\\25a0  "}.v.likely::before{content:"\\25a3  "}.v.ambiguous::before{content:"? "}.v.unattributed::before{content:"\\25cb  "}.v.not-agent::before{content:"\\b7  "}
.proven{color:var(--proven)}.likely{color:var(--likely)}.ambiguous{color:var(--ambiguous)}.unattributed{color:var(--unattributed)}.not-agent{color:var(--not-agent)}
nav.bar{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--line);margin-top:.6rem}
nav.bar ul{max-width:76rem;margin:0 auto;padding:.25rem 1rem;display:flex;align-items:center;gap:.2rem 1rem;list-style:none;overflow-x:auto}
nav.bar a{white-space:nowrap;padding:.35rem 0;display:inline-block}nav.bar .end{margin-left:auto}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0}.tools label{white-space:nowrap;padding:.2rem 0}
.chart{position:relative;border:1px solid var(--line);border-radius:8px;background:var(--card);max-height:min(26rem,60vh);overflow-y:auto;overflow-x:hidden;user-select:none}
.axis{position:sticky;top:0;z-index:1;display:flex;margin-left:20rem;background:var(--card);border-bottom:1px solid var(--line);color:var(--dim);font-size:.75rem}
.axis span{flex:1;min-width:0;border-left:1px solid var(--line);padding-left:.2rem;white-space:nowrap;overflow:hidden}
.row{display:flex;align-items:center;height:26px;border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 26px}
.row.faint{opacity:.35}
.row .label{flex:0 0 20rem;padding:0 .5rem;font-size:.8rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.row svg{flex:1;min-width:0;height:20px;cursor:crosshair}.over .row svg{cursor:pointer}
.tick{fill:none;stroke:currentColor;stroke-width:3px;vector-effect:non-scaling-stroke}.tick.off{display:none}
path.call,path.span{fill:none;stroke:var(--link);stroke-opacity:.45;stroke-width:12px;vector-effect:non-scaling-stroke}path.span{stroke:var(--dim);stroke-opacity:.4}
path.gpu{fill:var(--likely);fill-opacity:.55}
svg.key{width:6px;height:1.1em;vertical-align:-.2em}span.call.key{display:inline-block;width:1.2rem;height:.75rem;background:var(--link);opacity:.45}
.legend{font-size:.85rem;gap:.2rem .9rem}
#tip{min-height:1.5em;font-size:.85rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.select{position:absolute;top:0;background:var(--link);opacity:.2;pointer-events:none}
.case{border:1px solid var(--line);border-radius:8px;margin:.6rem 0;background:var(--card);content-visibility:auto;contain-intrinsic-size:auto 5.4rem}
.case>summary{cursor:pointer;padding:.6rem .8rem;position:relative;padding-left:1.8rem;list-style:none}
.case>summary::-webkit-details-marker{display:none}.case>summary::before{content:"\\25b8";position:absolute;left:.7rem}.case[open]>summary::before{content:"\\25be"}
.case>summary .head,.case>summary .sub{display:block}
.case>summary .head{font-weight:650}.case>summary .sub{color:var(--dim)}.case>summary span.sub{font-size:.9rem}
.case>div{padding:0 .8rem .8rem;border-top:1px solid var(--line)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem .9rem;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0}
ol.chain{padding-left:1.4rem;margin:.3rem 0}ol.chain li{margin:.35rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:1.2rem}.hash{font-size:.75rem;word-break:break-all}
.block{content-visibility:auto;contain-intrinsic-size:auto 70rem}.rows{table-layout:fixed}.told{content-visibility:auto}.told .case{content-visibility:visible}
.episodes,.changes{table-layout:fixed}.block+.block thead,:is(.piece,.told) .episodes thead{position:absolute;left:-99rem}
.facts td:nth-child(1){white-space:nowrap}.facts td:nth-child(3),.series td:nth-child(1){text-align:right;font-variant-numeric:tabular-nums;padding-right:1.2rem}
.changes a,.episodes .v{white-space:nowrap}
.brief td{overflow-wrap:break-word}
.copy{position:relative}.copy>pre{padding-right:5.5rem;min-height:3rem;max-height:20rem}.copy>button{position:absolute;top:.35rem;right:.5rem;font-size:.85rem}
.dim{color:var(--dim)}
[hidden]{display:none!important}
@media (scripting:none){.js{display:none!important}}
@media (min-width:641px){.episodes :is(th,td):nth-child(1){width:14%}.episodes :is(th,td):nth-child(2){width:10%}.episodes :is(th,td):nth-child(n+3){width:10%}.episodes :is(th,td):nth-child(n+4){width:36%}.episodes :is(th,td):nth-child(n+5){width:13%}.episodes :is(th,td):nth-child(6){width:17%}.changes :is(th,td):nth-child(1){width:30%}.changes :is(th,td):nth-child(n+2){width:7%}.changes :is(th,td):nth-child(n+4){width:34%}.changes :is(th,td):nth-child(5){width:22%}}
@media (max-width:640px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}
.axis{margin-left:0}.row{display:block;height:44px;contain-intrinsic-size:auto 44px}.row .label{display:block}.row svg{width:100%}
table.fold thead{position:absolute;left:-99rem}table.fold,table.fold tbody{display:block}table.fold tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}table.fold td{display:block;border:0;padding:.05rem 0;text-align:left}
table.fold td:empty{display:none}
table.fold td::before{content:attr(data-h) ": ";color:var(--dim)}
table:is(.brief,.changes,.episodes) tr{display:flex;flex-wrap:wrap;gap:.05rem .9rem}table.brief td:not(.n)::before,table:is(.changes,.episodes) td:nth-child(1)::before,table.episodes td:is(:nth-child(2),:nth-child(4))::before{content:""}
table:is(.changes,.episodes) td:is(:nth-child(1),:nth-child(n+4)){flex-basis:100%}table.episodes td:nth-child(1){font-weight:650}
table.rows td:nth-child(1)::before{content:"Time: "}table.rows td:nth-child(2)::before{content:"Raw time: "}table.rows td:nth-child(3)::before{content:"From: "}table.rows td:nth-child(4)::before{content:"To: "}table.rows td:nth-child(5)::before{content:"Record: "}table.facts td:nth-child(1)::before{content:"Fact: "}table.facts td:nth-child(2)::before{content:"Says: "}table.facts td:nth-child(3)::before{content:"Weight: "}table.facts td:nth-child(4)::before{content:"Written: "}table.facts td:nth-child(5)::before{content:"Record: "}table.series td:nth-child(1)::before{content:"Times: "}table.series td:nth-child(2)::before{content:"From: "}table.series td:nth-child(3)::before{content:"To: "}table.series td:nth-child(4)::before{content:"First: "}table.series td:nth-child(5)::before{content:"Last: "}table.series td:nth-child(6)::before{content:"About every: "}}
@media not print{.paper{display:none}}
@media print{.case.brief .records,.block+.block thead,:is(.piece,.told) .episodes thead{display:none}:root,:root[data-theme]{color-scheme:light}nav.bar,.tools,.skip,#tip,.js{display:none!important}.chart,pre{max-height:none;overflow:visible}
.case,.row,.block,.told{content-visibility:visible}.case{break-inside:auto;background:none}.case>summary,h2,h3,tr,.row{break-inside:avoid}h2,h3,.case>summary{break-after:avoid}body{font-size:10pt}a{color:inherit}.row .label,.axis{flex-basis:14rem}.axis{margin-left:14rem}}
@media print and (min-width:641px){.episodes{font-size:8pt}.episodes code{font-size:inherit}.episodes :is(th,td):nth-child(1){width:17%}.episodes :is(th,td):nth-child(2){width:12%}.episodes :is(th,td):nth-child(3){width:14%}.episodes :is(th,td):nth-child(4){width:28%}.episodes :is(th,td):nth-child(5){width:11%}.episodes :is(th,td):nth-child(6){width:18%}
${BRIEFLY} td{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;padding-block:.1rem}${BRIEFLY} td:nth-child(1){width:19%}${BRIEFLY} td:nth-child(2){width:18%}${BRIEFLY} td:nth-child(3){width:15%}${BRIEFLY} td:nth-child(4){width:31%}${BRIEFLY} td:nth-child(6){width:17%}${BRIEFLY} td:nth-child(5),${BRIEFLY} td:nth-child(4) :is(br,code){display:none}}
`;
