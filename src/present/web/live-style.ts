/** What the live page has beyond the page in a file: charts that a script draws, and what goes with them. */
export const LIVE_STYLE: string = `
[hidden]{display:none!important}
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
.plot{position:relative;margin-top:8px;min-height:60px}
.tools{position:absolute;right:0;top:-30px;display:flex;gap:4px;z-index:3}
.stretch{font-size:13px;line-height:26px;color:var(--soft);margin-right:4px;font-variant-numeric:tabular-nums}
.tools button{font:inherit;font-size:13px;line-height:1;min-width:26px;height:26px;padding:0 7px;border:1px solid var(--rule);border-radius:4px;background:var(--paper);color:var(--ink);cursor:pointer}
.tools button:hover{background:var(--panel)}
.tip{position:absolute;z-index:4;pointer-events:none;background:var(--panel);border:1px solid var(--rule);border-radius:4px;padding:5px 9px;font-size:12.5px;line-height:1.4;white-space:nowrap;font-variant-numeric:tabular-nums}
.tip b{display:block}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.memory figcaption{padding-right:120px}
.uplot{position:relative;user-select:none;line-height:1.5}
.uplot,.uplot *{box-sizing:border-box}
.uplot canvas{display:block;position:relative;width:100%;height:100%}
.u-wrap{position:relative;user-select:none}
.u-over,.u-under,.u-select,.u-cursor-x,.u-cursor-y,.u-cursor-pt,.u-axis,.u-legend{position:absolute}
.u-under{overflow:hidden}
.u-over{cursor:crosshair}
.u-select{background:var(--heap);opacity:.15;pointer-events:none}
.u-cursor-x,.u-cursor-y{left:0;top:0;pointer-events:none}
.u-cursor-x{height:100%;border-right:1px dashed var(--soft)}
.u-cursor-y{display:none}
.u-cursor-pt{top:0;left:0;border-radius:50%;pointer-events:none;border:0 solid}
.u-axis.u-off,.u-select.u-off,.u-cursor-x.u-off,.u-cursor-y.u-off,.u-cursor-pt.u-off{display:none}
@media (max-width:560px){.processes td code{white-space:normal}
.processes :is(th,td):nth-child(3),.processes :is(th,td):nth-child(5){display:none}
.live{padding:8px 14px 0}.stretch{font-size:13px;line-height:26px;color:var(--soft);margin-right:4px;font-variant-numeric:tabular-nums}
.tools button{min-width:30px;height:30px}}
@media print{.tools,.tip,.connection{display:none}}
`;
