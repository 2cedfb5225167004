/** Charts that a script draws (uPlot), and what a reader does with them and with boxes; for the live page and for the one in a file. */
export const CHART_STYLE: string = `
[hidden]{display:none!important}
.plot{position:relative;margin-top:8px;min-height:60px}
.tools{position:absolute;right:0;top:-30px;display:flex;gap:4px;z-index:3}
.stretch{font-size:13px;line-height:26px;color:var(--soft);margin-right:4px;font-variant-numeric:tabular-nums}
.tools button{font:inherit;font-size:13px;line-height:1;min-width:26px;height:26px;padding:0 7px;border:1px solid var(--rule);border-radius:4px;background:var(--paper);color:var(--ink);cursor:pointer}
.tools button:hover{background:var(--panel)}
.tip{position:absolute;z-index:4;pointer-events:none;background:var(--panel);border:1px solid var(--rule);border-radius:4px;padding:5px 9px;font-size:12.5px;line-height:1.4;white-space:nowrap;font-variant-numeric:tabular-nums}
.tip b{display:block}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tip.of-box{white-space:normal;max-width:min(60ch,calc(100vw - 12px));overflow-wrap:anywhere}
:is(.flame,.tiles) svg[data-reached]>rect{fill-opacity:.5;stroke:var(--ink);stroke-opacity:1;stroke-width:2px}
.uplot{position:relative;user-select:none;line-height:1.5}
.uplot,.uplot *{box-sizing:border-box}
.uplot canvas{display:block;position:relative;width:100%;height:100%}
.u-wrap{position:relative;user-select:none}
.u-over,.u-under,.u-select,.u-cursor-x,.u-cursor-y,.u-cursor-pt,.u-axis,.u-legend{position:absolute}
.u-under{overflow:hidden}
.u-over{cursor:crosshair}
.u-over.zoomed{touch-action:pan-y}
.u-select{background:var(--heap);opacity:.15;pointer-events:none}
.u-cursor-x,.u-cursor-y{left:0;top:0;pointer-events:none}
.u-cursor-x{height:100%;border-right:1px dashed var(--soft)}
.u-cursor-y{display:none}
.u-cursor-pt{top:0;left:0;border-radius:50%;pointer-events:none;border:0 solid}
.u-axis.u-off,.u-select.u-off,.u-cursor-x.u-off,.u-cursor-y.u-off,.u-cursor-pt.u-off{display:none}
.memory:has(.tools) figcaption{padding-right:120px}
@media (max-width:560px){.tools button{min-width:30px;height:30px}}
@media print{.tools,.tip{display:none}}
`;

/**
 * In a file the drawn chart and the script's are both there: where the script has run it shows its own, and else, and on paper, there
 * is the drawn one.
 */
export const FILE_STYLE: string = `
.plot{display:none}
.scripted .plot{display:block}
.scripted .chart{display:none}
@media print{.scripted .plot{display:none}.scripted .chart{display:block}}
`;
