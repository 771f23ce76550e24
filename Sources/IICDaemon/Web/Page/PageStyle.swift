extension StatusPage {
    static let style = #"""
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #f6f7f9;
          --card: #ffffff; --rule: #dde1e6; --hollow: #eceff2; --accent: #00629b; --on-accent: #fff;
          --bad: #b3400a; --bad-paper: #fdf1ea; --good: #00734f; --wait: #8a5a00; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e9ed; --soft: #a0a9b4; --paper: #121518; --card: #1b1f24;
            --rule: #30363d; --hollow: #262c33; --accent: #6cb8ee; --on-accent: #0d1620;
            --bad: #ff9b66; --bad-paper: #2c1c14; --good: #4ecb9f; --wait: #e5b453; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; max-width: 1280px; padding: 20px 24px 32px; color: var(--ink);
          background: var(--paper); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans",
          "DejaVu Sans", sans-serif; }
        h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
        ul { list-style: none; }
        h1 { font-size: 22px; letter-spacing: -0.01em; }
        h2 { font-size: 15px; margin-bottom: 10px; }
        h3 { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
        code { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere;
          background: var(--hollow); border-radius: 4px; padding: 1px 5px; }
        a { color: var(--accent); }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        main:focus, h2:focus { outline: none; }
        [hidden] { display: none !important; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 12px; top: 8px; background: var(--card); padding: 4px 10px; z-index: 1; }
        .soft, .meta { color: var(--soft); }
        .meta { font-size: 13px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }

        .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; }
        .route { flex: 1 1 240px; min-width: 0; overflow-wrap: anywhere; color: var(--soft); }
        .arrow { margin: 0 8px; }
        .link { font-size: 13px; color: var(--soft); }
        .link::before { content: ""; display: inline-block; width: 8px; height: 8px;
          border-radius: 50%; background: var(--wait); margin-right: 7px; }
        .link[data-state="on"]::before { background: var(--good); }
        .link[data-state="off"] { color: var(--bad); font-weight: 600; }
        .link[data-state="off"]::before { background: var(--bad); }
        .facts { display: flex; flex-wrap: wrap; gap: 2px 22px; margin-top: 6px; font-size: 13px; }
        .facts div { display: flex; gap: 6px; min-width: 0; }
        .facts dt { color: var(--soft); }
        .facts dd { overflow-wrap: anywhere; min-width: 0; }
        .obstacle, .message { margin-top: 14px; padding: 10px 14px; border-radius: 8px;
          background: var(--bad-paper); border: 1px solid var(--bad); overflow-wrap: anywhere; }
        .message { background: var(--card); border-color: var(--rule); }

        .tabs { display: flex; flex-wrap: wrap; gap: 6px; margin: 18px 0; }
        .tabs button { border: 1px solid var(--rule); background: var(--card); color: var(--ink);
          border-radius: 8px; padding: 6px 12px; font: inherit; font-size: 13.5px; cursor: pointer; }
        .tabs b { font-variant-numeric: tabular-nums; margin-left: 7px; }
        .tabs .zero { color: var(--soft); }
        .tabs .zero b { font-weight: 400; }
        .tabs .alarm b { color: var(--bad); }
        .tabs [aria-selected="true"] { background: var(--accent); border-color: var(--accent);
          color: var(--on-accent); }
        .tabs [aria-selected="true"] b { color: inherit; }

        .columns { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 28px;
          align-items: start; }
        main, aside { min-width: 0; }
        aside { position: sticky; top: 16px; }
        section { margin-bottom: 26px; }
        .live, .rows { display: grid; gap: 10px; }
        .live > li, .rows > li, .cards > li, aside figure { background: var(--card);
          border: 1px solid var(--rule); border-radius: 10px; padding: 14px; min-width: 0; }
        button.act, .more { font: inherit; font-size: 13.5px; border: 1px solid var(--rule);
          background: transparent; color: var(--accent); border-radius: 7px; padding: 4px 12px;
          cursor: pointer; white-space: nowrap; }
        button.act:hover, .more:hover, .tabs button:hover { border-color: var(--accent); }
        button:disabled { opacity: 0.5; cursor: default; }
        .more { margin-top: 10px; }

        .map { background: var(--hollow); border-radius: 6px; overflow: hidden; display: flex;
          align-items: center; justify-content: center; }
        canvas { display: block; width: 100%; height: 100%; object-fit: contain;
          image-rendering: pixelated; }
        .live > li { display: grid; grid-template-columns: 208px minmax(0, 1fr); gap: 16px; }
        .live .map { align-self: start; }
        .live canvas { height: auto; max-height: 220px; }
        .live .body { display: flex; flex-direction: column; gap: 7px; }
        .top { display: flex; gap: 12px; justify-content: space-between; align-items: flex-start; }
        .top h3 { min-width: 0; }
        progress { appearance: none; width: 100%; height: 8px; border: 0; border-radius: 4px;
          background: var(--hollow); overflow: hidden; display: block; }
        progress::-webkit-progress-bar { background: var(--hollow); }
        progress::-webkit-progress-value { background: var(--accent); border-radius: 4px; }
        progress::-moz-progress-bar { background: var(--accent); }
        .figures { display: flex; flex-wrap: wrap; gap: 4px 28px; }
        .figures dt { color: var(--soft); font-size: 12.5px; }
        .figures dd { font-variant-numeric: tabular-nums; font-weight: 600; }
        .swatches { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }

        .rows > li { padding: 10px 14px; }
        .rows .top { align-items: center; }
        #queue .rows { grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); }
        .rows .text { min-width: 0; }
        .rows .failed { border-left: 4px solid var(--bad); }
        .sentence { overflow-wrap: anywhere; white-space: pre-line; margin: 2px 0; }

        .cards { display: grid; gap: 12px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 264px), 1fr)); }
        .cards > li { display: flex; flex-direction: column; gap: 8px; }
        .cards .map { height: 168px; }
        .legend { width: 100%; border-collapse: collapse; font-size: 13px;
          font-variant-numeric: tabular-nums; }
        .legend th { font-weight: 400; text-align: left; padding: 1px 6px 1px 0;
          overflow-wrap: anywhere; }
        .legend tbody th { padding-left: 18px; text-indent: -18px; }
        .legend i { text-indent: 0; }
        .legend td { text-align: right; white-space: nowrap; padding: 1px 0 1px 8px; }
        .legend thead th { color: var(--soft); font-size: 12px; }
        .legend thead th + th { text-align: right; padding-right: 0; }
        i.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px;
          margin-right: 7px; box-shadow: inset 0 0 0 1px rgb(128 128 128 / 0.35); }
        details { font-size: 13px; }
        summary { cursor: pointer; color: var(--accent); width: fit-content; }
        details li { overflow-wrap: anywhere; padding-top: 3px; }
        .warn { color: var(--wait); font-size: 13px; overflow-wrap: anywhere; }

        aside figure { margin-bottom: 12px; padding: 12px; }
        aside figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 13px;
          color: var(--soft); margin-bottom: 4px; }
        aside figcaption b { color: var(--ink); font-variant-numeric: tabular-nums; }
        aside svg { width: 100%; height: auto; display: block; }
        svg text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
        svg .grid { stroke: var(--rule); }
        svg .line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
        svg .area { fill: var(--accent); opacity: 0.13; }
        .classes { font-size: 13px; display: grid; gap: 2px; }
        .classes li { overflow-wrap: anywhere; }
        .empty { background: var(--card); border: 1px dashed var(--rule); border-radius: 10px;
          padding: 36px 24px; text-align: center; }
        .empty h2 { font-size: 18px; }
        footer { border-top: 1px solid var(--rule); margin-top: 12px; padding-top: 10px;
          color: var(--soft); font-size: 13px; display: flex; gap: 16px; }

        @media (max-width: 900px) {
          .columns { grid-template-columns: minmax(0, 1fr); }
          aside { position: static; } }
        @media (max-width: 560px) {
          body { padding: 14px 14px 24px; }
          .tabs { gap: 5px; }
          .tabs button { padding: 7px 10px; }
          .live > li { grid-template-columns: minmax(0, 1fr); gap: 12px; }
          .live .map { align-self: stretch; }
          .failed .top { flex-direction: column; align-items: flex-start; gap: 8px; }
          button.act { padding: 7px 14px; } }
        @media (prefers-reduced-motion: no-preference) {
          progress::-webkit-progress-value { transition: width 0.4s linear; } }
        """#
}
