/** The only style sheet of the reference page. The page's policy contains its digest. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #5c6570; --line: #dfe3e8; --ground: #ffffff; --sunk: #f5f7f9; --green: #0a7a3b; --amber: #9a5b00; --red: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --faint: #9aa4b0; --line: #2f363e; --ground: #14181d; --sunk: #1c2228; --green: #4fc47f; --amber: #e0a64b; --red: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); color: var(--ink); background: var(--ground); font: 15px/1.6 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem; background: var(--sunk); border-right: 1px solid var(--line); }
nav h1 { margin: 0 0 1rem; font-size: 1.1rem; }
nav small { color: var(--faint); font-weight: 400; }
nav h2 { margin: 1.2rem 0 .3rem; font-size: .8rem; color: var(--faint); font-weight: 600; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { margin: .35rem 0; line-height: 1.35; }
nav a { color: inherit; text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--green); text-decoration: underline; }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 62rem; }
header p { max-width: 44rem; }
header p:first-child { font-size: 1.2rem; }
section > h2 { margin: 3rem 0 0; font-size: 1.5rem; }
article { margin: 1.5rem 0 0; padding: 1.25rem 1.5rem 1.5rem; border: 1px solid var(--line); border-radius: 10px; scroll-margin-top: 1rem; }
article:target { border-color: var(--green); }
h3 { margin: 0; font-size: 1.1rem; }
h4 { margin: 1.4rem 0 .4rem; font-size: .9rem; color: var(--faint); }
p { margin: .5rem 0; }
code { font: .88em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--sunk); border: 1px solid var(--line); border-radius: 4px; padding: .05em .3em; }
.call b { display: inline-block; margin-right: .4rem; color: var(--green); }
.call code { background: none; border: 0; padding: 0; font-size: .95em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--faint); font-size: .82rem; }
td:first-child { white-space: nowrap; }
td:last-child { color: var(--faint); }
tr:last-child td { border-bottom: 0; }
details { border-top: 1px solid var(--line); padding: .45rem 0; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 2.6rem; }
.s2 summary b { color: var(--green); }
.s3 summary b, .s4 summary b { color: var(--amber); }
.s5 summary b { color: var(--red); }
.headers { font-size: .85rem; color: var(--faint); }
.headers code { white-space: nowrap; }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  article { padding: 1rem; }
}
`;
