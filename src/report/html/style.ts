/** The whole look. No address, no font, no picture: the file must work without a network. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--card:#f6f8fa;--link:#0550ae;
--proven:#b3151f;--likely:#8f4700;--ambiguous:#6639ba;--unattributed:#4a5563;--not-agent:#116329}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9aa4af;--line:#30363d;--card:#161b22;--link:#79c0ff;
--proven:#ff8182;--likely:#f0a742;--ambiguous:#c49bff;--unattributed:#a6b0bb;--not-agent:#56d364}}
*{box-sizing:border-box}
html{scroll-padding-top:3.5rem}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main,header.top{max-width:72rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.15rem;margin:1rem 0 .5rem;color:var(--dim);font-weight:600}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}a{color:var(--link)}
code,pre{font:.85rem/1.45 ui-monospace,monospace}
pre{margin:.25rem 0;padding:.5rem .6rem;background:var(--bg);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;max-height:14rem;overflow:auto}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.3rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.verdict{border:1px solid var(--line);border-left:6px solid var(--fg);border-radius:8px;background:var(--card);padding:.8rem 1rem}
.verdict>p:first-child{font-size:1.3rem;font-weight:650;line-height:1.3;margin:0 0 .5rem}
.counts{display:flex;flex-wrap:wrap;gap:.4rem .9rem;list-style:none;margin:.3rem 0;padding:0}
.v{font-weight:650;white-space:nowrap}.v::before{content:attr(data-mark) " "}
.proven{color:var(--proven)}.likely{color:var(--likely)}.ambiguous{color:var(--ambiguous)}.unattributed{color:var(--unattributed)}.not-agent{color:var(--not-agent)}
nav.bar{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--line)}
nav.bar ul{max-width:72rem;margin:0 auto;padding:.35rem 1rem;display:flex;gap:.2rem 1rem;list-style:none;overflow-x:auto}
nav.bar a{white-space:nowrap;padding:.35rem 0;display:inline-block}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0}
.tools input[type=search]{flex:1 1 12rem;min-width:0}
button,input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.35rem .7rem;min-height:2.4rem}
button[aria-pressed=true]{border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
.tools label{display:inline-flex;gap:.3rem;align-items:center;min-height:2.2rem}
.chart{border:1px solid var(--line);border-radius:8px;background:var(--card);max-height:70vh;overflow-y:auto;overflow-x:hidden}
.chart svg{display:block}
.chart text{fill:var(--fg);font:12px system-ui,sans-serif}.chart text.lane{font-weight:650}.chart text.axis{fill:var(--dim)}
.chart line{stroke:var(--line)}.tick{cursor:pointer}
rect.proven{fill:var(--proven)}rect.likely{fill:var(--likely)}rect.ambiguous{fill:var(--ambiguous)}rect.unattributed{fill:var(--unattributed)}rect.not-agent{fill:var(--not-agent)}
rect.call{fill:var(--link);fill-opacity:.35}rect.span{fill:var(--dim);fill-opacity:.3}
.case{border:1px solid var(--line);border-radius:8px;margin:.6rem 0;background:var(--card);content-visibility:auto;contain-intrinsic-size:auto 5.5rem}
.case>summary{cursor:pointer;padding:.6rem .8rem;position:relative;padding-left:1.8rem;list-style:none}
.case>summary::-webkit-details-marker{display:none}.case>summary::before{content:"▸";position:absolute;left:.7rem}.case[open]>summary::before{content:"▾"}
.case>summary span.head,.case>summary span.sub{display:block}
.case>summary .head{font-weight:650}.case>summary .sub{color:var(--dim);font-size:.9rem}
.case>div{padding:0 .8rem .8rem;border-top:1px solid var(--line)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem .9rem;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0}
ol.chain{padding-left:1.4rem;margin:.3rem 0}ol.chain li{margin:.35rem 0}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.nowrap{white-space:nowrap}.hash{font-size:.75rem;word-break:break-all}
.dim{color:var(--dim)}.rows tr{content-visibility:auto}
[hidden]{display:none!important}
@media (max-width:640px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}
table.fold thead{position:absolute;left:-99rem}table.fold tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}table.fold td{display:block;border:0;padding:.05rem 0;text-align:left}
table.fold td::before{content:attr(data-h) ": ";color:var(--dim)}}
@media print{nav.bar,.tools,.skip{display:none}.chart,pre{max-height:none;overflow:visible}.case{content-visibility:visible;break-inside:auto;background:none}body{font-size:11pt}a{color:inherit}}
`;
