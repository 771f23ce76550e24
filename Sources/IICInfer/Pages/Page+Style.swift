extension Page {
    static let style = """
        :root { color-scheme: light dark; --ink: #1c1f23; --soft: #5d6670; --paper: #ffffff;
          --box: #f4f5f7; --rule: #dfe3e8; --heat: #0072b2; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8eaed; --soft: #a3abb5; --paper: #16181b; --box: #202327;
            --rule: #363b41; --heat: #56b4e9; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1060px; padding: 28px 24px 40px; color: var(--ink);
          background: var(--paper); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans",
          sans-serif; }
        h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 0 0 10px; }
        header p, section p, footer { color: var(--soft); margin: 6px 0 0; font-size: 13.5px; }
        code { overflow-wrap: anywhere; }
        .empty { font-style: italic; }
        .warn { color: #d55e00; font-weight: 600; }
        .cards { display: flex; flex-wrap: wrap; gap: 10px; margin: 20px 0 26px; }
        .cards div { background: var(--box); border-radius: 8px; padding: 9px 15px; }
        .cards b { display: block; font-size: 19px; font-variant-numeric: tabular-nums; }
        .cards span { color: var(--soft); font-size: 12.5px; }
        main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 30px 34px; }
        section:nth-child(n + 4) { grid-column: 1 / -1; }
        section:nth-child(3) { grid-column: 1 / -1; }
        @media (max-width: 800px) { main { grid-template-columns: minmax(0, 1fr); } }
        figure { margin: 0; max-width: 720px; }
        svg { width: 100%; height: auto; display: block; }
        svg text { fill: var(--soft); font-size: 12px; }
        svg .title { fill: var(--ink); }
        .grid { stroke: var(--rule); }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .faint { fill: none; stroke-width: 1; opacity: 0.3; }
        .mark { stroke: var(--soft); stroke-dasharray: 4 4; }
        figcaption span { display: inline-block; margin: 2px 16px 0 0; font-size: 13px; }
        i { display: inline-block; width: 11px; height: 11px; border-radius: 3px;
          margin-right: 6px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th { font-weight: 500; color: var(--soft); text-align: left; padding: 4px 12px 4px 0; }
        td { padding: 4px 12px 4px 0; }
        .plain tr { border-top: 1px solid var(--rule); }
        .plain td { overflow-wrap: anywhere; }
        .tiles td, .tiles th { padding: 0 8px 8px 0; }
        .tiles img { display: block; width: 148px; height: auto; border-radius: 4px;
          image-rendering: pixelated; background: var(--box); }
        .confusion td { text-align: right; padding: 5px 11px; border: 2px solid var(--paper);
          background: color-mix(in srgb, var(--heat) var(--part), var(--box)); min-width: 74px; }
        .confusion .match { outline: 2px solid var(--ink); outline-offset: -3px; }
        .confusion th { padding: 4px 11px; }
        .confusion small { display: block; }
        .name { white-space: nowrap; }
        .wide { grid-template-columns: minmax(0, 1fr); }
        .maps { display: flex; flex-wrap: wrap; gap: 14px 18px; align-items: flex-start;
          margin-top: 18px; }
        .maps figure { flex: 1 1 280px; max-width: 800px; }
        .maps img { display: block; width: 100%; height: auto; border-radius: 4px;
          image-rendering: pixelated; background: var(--box); }
        .maps figcaption { color: var(--soft); font-size: 13px; margin-top: 4px; }
        .key { margin: 10px 0 0; padding: 0; list-style: none; font-size: 13px; }
        .key li { display: inline-block; margin: 2px 16px 0 0; }
        .key .blank { outline: 1px solid var(--rule); }
        .scores { margin-top: 8px; }
        .scores td, .scores th[scope="col"] { text-align: right; }
        .scores td { white-space: nowrap; }
        .scores th[scope="col"]:first-child { text-align: left; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap; }
        footer { margin-top: 34px; border-top: 1px solid var(--rule); padding-top: 10px; }
        """
}
