/**
 * The page's style sheet. System fonts, two colour schemes, one accent for what leaks and one for what is steady; on paper
 * the light one, without what can only be clicked. The colours of a verdict and of the floors have six digits each, because the chart that a
 * script draws appends how opaque they are. No name of the watched program ever gets into it.
 */
export const STYLE: string = `
:root{color-scheme:light dark;
--paper:#fcfcfa;--ink:#1b1d20;--soft:#5a616a;--rule:#e2e2dc;--panel:#f4f4ef;
--leak:#b3261e;--leak-wash:#fbeeec;--steady:#1b6e43;--steady-wash:#ecf5ef;--open-wash:#f4f4ef;
--heap:#2b62b8;--rss:#8d939b;--floor:#1b1d20;--place:#1d5a8a;--package:#b7791f}
@media (prefers-color-scheme:dark){:root{
--paper:#141619;--ink:#e7e7e4;--soft:#a3aab3;--rule:#2d3137;--panel:#1b1e22;
--leak:#ff8d83;--leak-wash:#2b1a1a;--steady:#72d09b;--steady-wash:#16241c;--open-wash:#1b1e22;
--heap:#7fb0ff;--rss:#7d848d;--floor:#e7e7e4;--place:#8cc4f2;--package:#d9a441}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1040px;margin:0 auto;padding:28px 20px 40px}
main.wide{max-width:1280px}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,pre{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:22px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
h2{font-size:15px;font-weight:650;margin:0 0 10px}
h3{font-size:16px;font-weight:600;line-height:1.35}
h4{font-size:15px;font-weight:600;line-height:1.35}
section>h2,section>h3{color:var(--soft);font-size:13px;font-weight:600;margin-bottom:7px}
li,dd,td,th,p,h1,h2,h3,h4,code{overflow-wrap:anywhere}
code,pre,.name,.path,.stack{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
.place{color:var(--place)}
a{color:inherit}
:focus-visible{outline:2px solid var(--heap);outline-offset:2px}
/* verdict */
.verdict{border-left:4px solid var(--soft);background:var(--open-wash);padding:14px 18px 13px;border-radius:0 6px 6px 0}
.verdict.leaking{border-color:var(--leak);background:var(--leak-wash)}
.verdict.steady{border-color:var(--steady);background:var(--steady-wash)}
.verdict .word{font-size:26px;line-height:1.2;font-weight:700;margin:0;letter-spacing:0;color:var(--ink)}
.leaking .word{color:var(--leak)}
.steady .word{color:var(--steady)}
.verdict .rate{font-weight:500;color:var(--ink);margin-left:.35em;white-space:nowrap}
.details,.facts{display:flex;flex-wrap:wrap;gap:1px 18px}
.details{margin-top:6px}
.facts{color:var(--soft);font-size:13px;margin-bottom:10px}
.facts b{color:var(--ink)}
.reason{margin-top:6px}
h1{margin-bottom:18px}
/* chart */
.memory{margin:22px 0 0}
.legend{display:flex;flex-wrap:wrap;gap:2px 20px;font-size:13px;color:var(--soft);font-variant-numeric:tabular-nums}
.legend b{font-weight:600;color:var(--ink)}
.legend li::before{content:"";display:inline-block;width:14px;height:0;border-top:2px solid var(--rss);vertical-align:.28em;margin-right:7px}
.legend .floor::before{border-top:3px solid var(--floor)}
.leaking .legend .floor::before{border-color:var(--leak)}
.steady .legend .floor::before{border-color:var(--steady)}
.legend .heap::before{border-color:var(--heap);border-top-width:1.5px}
.legend .rss::before{border-top-style:dotted}
.legend .gc::before{width:0;height:8px;border:0;border-left:1.5px solid var(--soft);vertical-align:-.05em}
.legend .far::before{content:none}
.chart{display:block;margin-top:8px;overflow:visible;font-size:12px}
.chart .grid{stroke:var(--rule)}
.chart .base{stroke:var(--soft)}
.chart .tick{fill:var(--soft);paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.chart .line{fill:none;stroke-width:1.5px;stroke-linejoin:round;stroke-linecap:round}
.chart .rss{stroke:var(--rss);stroke-dasharray:1 4;stroke-width:2px}
.chart .heap{stroke:var(--heap);stroke-width:1.2px}
.chart .line.floor{stroke:var(--floor);stroke-width:2.5px}
.leaking .chart .line.floor{stroke:var(--leak)}
.steady .chart .line.floor{stroke:var(--steady)}
.chart .area{fill:var(--floor);fill-opacity:.07}
.leaking .chart .area{fill:var(--leak)}
.steady .chart .area{fill:var(--steady)}
.chart .dot{fill:var(--floor);stroke:var(--paper);stroke-width:1px}
.leaking .chart .dot{fill:var(--leak)}
.steady .chart .dot{fill:var(--steady)}
.leaking.native .chart .line.floor{stroke:var(--floor)}
.leaking.native .chart .dot,.leaking.native .chart .area{fill:var(--floor)}
.leaking.native .chart .rss{stroke:var(--leak)}
.leaking.native .legend .floor::before{border-color:var(--floor)}
.leaking.native .legend .rss::before{border-color:var(--leak)}
.chart .gc{stroke:var(--soft);fill:none}
.chart .moment{stroke:var(--soft);stroke-dasharray:2 3}
.chart line.limit{stroke:var(--leak);stroke-dasharray:6 4}
.chart text.limit{fill:var(--leak)}
.chart .cone{fill:var(--leak);fill-opacity:.13}
.chart .forecast{stroke:var(--leak);stroke-dasharray:5 5}
details{margin-top:8px}
summary{cursor:pointer;color:var(--soft);font-size:13px}
/* findings */
main>section,section>section,.lower>section{margin-top:26px}
.sides>section{margin:0}
.sides .more{margin-top:30px}
.more>section{margin-top:18px}
main>.finding{margin-top:26px}
.finding{border-top:1px solid var(--rule);padding:14px 0 4px}
.finding>h2,.finding>h3{font-size:18px;margin:0;font-weight:650;color:var(--ink);letter-spacing:-.005em}
.finding+.finding{margin-top:14px}
.notes{display:flex;flex-wrap:wrap;gap:0 14px;color:var(--soft);font-size:13px;margin-top:2px}
.notes .rate{color:var(--leak);font-weight:600}
.notes .doubt{color:var(--ink);font-weight:600}
.path{display:flex;flex-wrap:wrap;gap:6px 0;margin:10px 0 2px;align-items:center}
.path li{border:1px solid var(--rule);border-radius:4px;padding:1px 7px;background:var(--panel)}
.path li+li{margin-left:22px;position:relative}
.path li+li::before{content:"→";position:absolute;left:-19px;color:var(--soft)}
.path .holder{border-color:var(--ink)}
.path .closed{border-color:var(--leak)}
.path .state{color:var(--leak);font-weight:650}
.path.told{display:grid;grid-template-columns:fit-content(40%) max-content 1fr;gap:0 12px}
.path.told li{display:grid;grid-column:1/-1;grid-template-columns:subgrid;border:0;border-radius:0;background:none;padding:0 0 7px;align-items:baseline}
.path.told li+li{margin-left:0}
.path.told li+li::before{content:none}
.path.told .node{border:1px solid var(--rule);border-radius:4px;padding:1px 7px;background:var(--panel);justify-self:start;position:relative}
.path.told li+li .node::before{content:"";position:absolute;left:14px;top:-7px;height:6px;border-left:1.5px solid var(--soft)}
.path.told .state,.path.told .because{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-size:13px}
.path.told .state{color:var(--soft);font-weight:500}
.path.told .because{color:var(--soft)}
.path.told .alive .state{color:var(--steady)}
.path.told .closed .state,.path.told .gone .state{color:var(--leak);font-weight:650}
.path.told .closed .node,.path.told .gone .node{border-color:var(--leak)}
.path.told .holder .node{border-color:var(--ink)}
.chain{margin-top:8px;display:grid;grid-template-columns:max-content fit-content(34%) fit-content(30%) 1fr;gap:0 14px}
.step{display:grid;grid-column:1/-1;grid-template-columns:subgrid;padding:3px 0}
.step dd{grid-column:2/-1}
.step .columns{display:grid;grid-template-columns:subgrid}
.columns .name{grid-column:1}
.columns .long{grid-column:1/3}
.columns .type{grid-column:2}
.columns .place{grid-column:3}
.step dt{color:var(--soft);min-width:8em}
.step .name{font-weight:650}
.step .type{color:var(--soft)}
.step .missing{font-weight:500}
.why{color:var(--soft);margin-top:8px;max-width:78ch}
.stack{margin:4px 0 0;padding-left:2.2em;list-style:decimal}
.excerpt{margin-top:12px}
.excerpt figcaption{font-size:13px}
.excerpt pre{overflow-x:auto;background:var(--panel);border-radius:4px;padding:6px 0;margin-top:3px;line-height:1.45}
.excerpt pre code{display:block;padding:0 10px;color:var(--soft);overflow-wrap:normal;font-size:13px}
.excerpt .marked{color:var(--ink);box-shadow:inset 3px 0 var(--leak)}
.excerpt .line-number{display:inline-block;min-width:3ch;text-align:right;color:var(--soft);user-select:none}
.share{display:block;margin:2px 0 6px;max-width:420px}
.share .whole{fill:var(--rule)}
.share .part{fill:var(--leak)}
.named{color:var(--soft);margin-top:12px}
/* the rest */
.lower{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:0 44px;margin-top:10px}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:24px 40px}
.sides>section:not(.more){min-width:0;display:grid;grid-row:span 5;grid-template-rows:subgrid;grid-template-columns:minmax(0,1fr);row-gap:0}
.sides .memory{margin-top:18px;display:grid;grid-row:span 3;grid-template-rows:subgrid;grid-template-columns:minmax(0,1fr)}
.spark{display:block;overflow:visible}
.spark path{fill:none;stroke:var(--soft);stroke-width:1.5px;stroke-linejoin:round;stroke-linecap:round}
.spark circle{fill:var(--soft)}
.spark.rising path{stroke:var(--leak)}
.spark.rising circle{fill:var(--leak)}
.spark.flat path{stroke:var(--steady)}
.spark.flat circle{fill:var(--steady)}
th .type{color:var(--soft)}
.flames p{color:var(--soft);font-size:13px;max-width:90ch}
.owners{margin-top:4px}
.legend.owners li::before{width:11px;height:11px;border:0;vertical-align:-.08em;background:var(--heap);opacity:.45}
.legend.owners .package::before{background:var(--package)}
.legend.owners .node::before{background:var(--rss)}
.flame{display:block;margin-top:8px;font-size:12px}
.flame rect{fill:var(--heap);fill-opacity:.26;stroke:var(--paper)}
.flame .package rect{fill:var(--package);fill-opacity:.32}
.flame .node rect{fill:var(--rss);fill-opacity:.26}
.flame text{fill:var(--ink)}
.flame svg:hover rect{fill-opacity:.5}
.between{display:flex;flex-wrap:wrap;gap:4px 10px;margin-top:8px;font-size:13px;color:var(--soft)}
.between select{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--rule);border-radius:4px;padding:2px 4px;font-variant-numeric:tabular-nums}
.flames .sum{margin-top:6px}
.moments{display:flex;flex-wrap:wrap;gap:2px 16px;border:0;margin:8px 0 0;padding:0;font-size:13px;color:var(--soft)}
.moments legend{padding:0;margin-bottom:2px;float:left}
.moments input{margin:0 3px 0 0;vertical-align:-.1em;accent-color:var(--heap)}
.flames .flame:not(.part-all,.chosen){display:none}
.flames:has(.moments .part-0:checked) .flame.part-0,.flames:has(.moments .part-1:checked) .flame.part-1,.flames:has(.moments .part-2:checked) .flame.part-2,.flames:has(.moments .part-3:checked) .flame.part-3,.flames:has(.moments .part-4:checked) .flame.part-4{display:block}
.flames:has(.moments input:not(.part-all):checked) .flame.part-all{display:none}
.treemap{margin:18px 0 0}
:is(h2,h3)+.treemap{margin-top:0}
.treemap p{color:var(--soft);font-size:13px;max-width:90ch}
.tiles{display:block;margin-top:8px;font-size:12px}
.tiles rect{fill:var(--heap);fill-opacity:.16;stroke:var(--heap);stroke-opacity:.45}
.tiles .lists rect{fill:var(--rss);fill-opacity:.2;stroke:var(--rss)}
.tiles .text rect{fill:var(--steady);fill-opacity:.16;stroke:var(--steady)}
.tiles .code rect{fill:var(--package);fill-opacity:.18;stroke:var(--package)}
.tiles .outside rect{fill:var(--leak);fill-opacity:.13;stroke:var(--leak)}
.tiles .whole{fill:none;stroke:var(--rule);stroke-opacity:1}
.tiles text{fill:var(--ink)}
.tiles .size{fill:var(--soft)}
.tiles svg:hover>rect{fill-opacity:.4}
.legend.owners .lists::before{background:var(--rss)}
.legend.owners .text::before{background:var(--steady)}
.legend.owners .code::before{background:var(--package)}
.legend.owners .outside::before{background:var(--leak)}
.depth{color:var(--soft)}
.sentences li+li{margin-top:4px}
.sentences+table{margin-top:8px}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:13px;padding:4px 0}
th,td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid var(--rule);font-weight:400}
thead th{color:var(--soft);font-size:12.5px}
tbody th .name{font-weight:600}
tbody th{min-width:6.5em}
tbody th.number{min-width:0}
.number{text-align:right;white-space:nowrap}
thead th{overflow-wrap:normal}
td:last-child,th:last-child{padding-right:0}
p+table,details table{margin-top:6px}
table+p{margin-top:10px}
footer{margin-top:40px;border-top:1px solid var(--rule);padding-top:10px;color:var(--soft);font-size:13px}
@media (max-width:560px){
main{padding:16px 14px 28px}
.verdict{margin:0 -14px;padding:12px 14px;border-radius:0}
.verdict .word{font-size:22px}
.verdict .rate{font-size:18px;white-space:normal}
.chart .odd{display:none}
.chain,.step{display:block}
.path.told,.path.told li{display:block}
.path.told .node{display:inline-block}
.path.told .because{display:block;padding-left:14px}
.step{padding:5px 0}
.step .columns{display:flex;flex-wrap:wrap;gap:0 12px}
.step dt{font-size:13px}
table{font-size:12.5px}
th,td{padding-right:6px}}
@media print{
:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--rule:#ccc;--panel:#f4f4f4;--leak:#b3261e;--leak-wash:#fff;--steady:#1b6e43;--steady-wash:#fff;--open-wash:#fff;--heap:#2b62b8;--rss:#777;--floor:#000000;--place:#000}
body{font-size:11pt}
main,main.wide{max-width:none;padding:0}
.verdict{border:1px solid var(--rule);border-left-width:4px}
.memory,.verdict,section>table{break-inside:avoid}
details:not([open]){display:none}}
`;
