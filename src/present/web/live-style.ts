/** What only the live page has: where the watch is, and the list of processes. */
export const LIVE_STYLE: string = `
.live,.connection{max-width:1280px;margin:0 auto;padding:10px 20px 0;color:var(--soft);font-size:13px}
.live b{color:var(--ink)}
.live .now::before{content:"";display:inline-block;width:8px;height:8px;border-radius:50%;background:var(--steady);margin-right:6px}
body:has(main:not(.wide)) .live{max-width:1040px}
.live+main{padding-top:14px}
.connection:empty{display:none}
.connection{position:sticky;bottom:0;padding:8px 20px;background:var(--panel);border-top:1px solid var(--rule);max-width:none;color:var(--ink)}
.processes .spark path{stroke:var(--soft)}
.processes .spark circle{fill:var(--soft)}
.processes td .type{color:var(--soft)}
.processes th .type{display:block}
.processes td code{white-space:nowrap;user-select:all}
@media (max-width:560px){.processes td code{white-space:normal}
.processes :is(th,td):nth-child(3),.processes :is(th,td):nth-child(5){display:none}
.live{padding:8px 14px 0}}
@media print{.connection{display:none}}
`;
