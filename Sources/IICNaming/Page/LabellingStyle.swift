extension LabellingPage {
    static let style = #"""
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #f6f7f9;
          --card: #ffffff; --rule: #dde1e6; --edge: #8a939d; --hollow: #eceff2; --accent: #00629b;
          --on-accent: #fff; --bad: #b3400a; --bad-paper: #fdf1ea; --good: #00734f; --wait: #8a5a00;
          --pick: #e3f0f9; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e9ed; --soft: #a0a9b4; --paper: #121518; --card: #1b1f24;
            --rule: #30363d; --edge: #717b86; --hollow: #262c33; --accent: #6cb8ee;
            --on-accent: #0d1620; --bad: #ff9b66; --bad-paper: #2c1c14; --good: #4ecb9f;
            --wait: #e5b453; --pick: #1d3446; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; max-width: 1560px; padding: 12px 24px 20px; color: var(--ink);
          background: var(--paper); font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans",
          "DejaVu Sans", sans-serif; }
        h1, h2, p, ul, ol, figure, table { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h1 { font-size: 20px; letter-spacing: -0.01em; }
        h2 { font-size: 15px; }
        code { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere;
          background: var(--hollow); border-radius: 4px; padding: 1px 5px; }
        kbd { display: inline-block; min-width: 20px; font: 600 12px/18px ui-monospace,
          "DejaVu Sans Mono", monospace; text-align: center; color: var(--soft);
          border: 1px solid var(--rule); border-bottom-width: 2px; border-radius: 5px;
          background: var(--paper); padding: 0 4px; }
        button, input, select { font: inherit; color: inherit; }
        button { min-height: 36px; border: 1px solid var(--rule); background: var(--card);
          border-radius: 8px; padding: 4px 12px; cursor: pointer; overflow-wrap: anywhere; }
        button:hover { border-color: var(--accent); }
        button:disabled { opacity: 0.5; cursor: default; border-color: var(--rule); }
        button.main { background: var(--accent); border-color: var(--accent); font-weight: 600;
          color: var(--on-accent); white-space: nowrap; }
        button.plain { border-color: transparent; background: none; color: var(--soft);
          white-space: nowrap; }
        button.small { min-height: 30px; padding: 2px 9px; font-size: 13px; color: var(--accent);
          background: none; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        main:focus, h2:focus { outline: none; }
        [hidden] { display: none !important; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -999px; }
        .skip:focus { left: 12px; top: 8px; background: var(--card); padding: 4px 10px; z-index: 2; }
        .soft { color: var(--soft); font-size: 13px; }

        header { display: flex; align-items: center; gap: 4px 16px; margin-bottom: 10px; }
        .title { flex: 1 1 120px; min-width: 0; color: var(--soft); overflow-wrap: anywhere; }
        .link { font-size: 13px; color: var(--soft); }
        .link::before { content: ""; display: inline-block; width: 8px; height: 8px;
          border-radius: 50%; background: var(--wait); margin-right: 7px; }
        .link[data-state="on"]::before { background: var(--good); }
        .link[data-state="off"] { color: var(--bad); font-weight: 600; }
        .link[data-state="off"]::before { background: var(--bad); }
        .message { margin-bottom: 10px; padding: 9px 14px; border-radius: 8px; overflow-wrap: anywhere;
          background: var(--bad-paper); border: 1px solid var(--bad); }
        .columns { display: grid; grid-template-columns: minmax(360px, 440px) minmax(0, 1fr); gap: 20px;
          align-items: start; }
        .beside { display: grid; gap: 12px; min-width: 0; }
        .card, main { background: var(--card); border: 1px solid var(--rule); border-radius: 12px;
          padding: 14px; min-width: 0; }

        .progress { display: grid; grid-template-columns: 1fr auto; gap: 6px 12px;
          align-items: baseline; margin-bottom: 10px; }
        .progress h2 { font-size: 18px; }
        .count { font-variant-numeric: tabular-nums; font-weight: 600; }
        .bar { grid-column: 1 / -1; height: 6px; border-radius: 3px; background: var(--hollow);
          overflow: hidden; }
        .bar i { display: block; height: 100%; border-radius: 3px; background: var(--accent); }
        .opened { margin-bottom: 8px; padding: 6px 10px; border-radius: 8px; background: var(--pick);
          font-size: 13.5px; overflow-wrap: anywhere; }
        .chip { position: relative; aspect-ratio: 1; background: var(--hollow); border-radius: 10px;
          overflow: hidden; }
        .chip canvas, .chip svg { position: absolute; inset: 0; width: 100%; height: 100%; }
        #cross .dark { stroke: #000; stroke-opacity: 0.55; stroke-width: 1.1; fill: none; }
        #cross .light { stroke: #fff; stroke-width: 0.45; fill: none; }
        .place, .scale { position: absolute; left: 8px; bottom: 8px; color: #fff; font-size: 12px;
          background: rgb(0 0 0 / 0.62); border-radius: 5px; padding: 1px 7px; pointer-events: none;
          font-variant-numeric: tabular-nums; }
        .place i, .scale i { display: inline-block; height: 5px; margin-right: 7px; vertical-align: 1px;
          border: solid #fff; border-width: 0 1.5px 1.5px; }
        .nothing { position: absolute; inset: 0; display: grid; place-content: center;
          text-align: center; padding: 24px; background: var(--hollow); }
        .views { display: grid; grid-template-columns: repeat(3, 1fr); margin: 8px 0 10px;
          border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
        .views button { border: 0; border-radius: 0; font-size: 13.5px; min-height: 32px; }
        .views button + button { border-left: 1px solid var(--rule); }
        .views button:focus-visible { outline-offset: -3px; }
        .views [aria-checked="true"] { background: var(--pick); font-weight: 600;
          box-shadow: inset 0 -2px var(--accent); }
        .choices { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; margin-bottom: 6px; }
        .choices:empty { display: none; }
        .choices button { display: flex; align-items: center; gap: 8px; width: 100%; height: 100%;
          min-height: 40px; text-align: left; padding: 4px 9px; }
        .choices .name { flex: 1; min-width: 0; line-height: 1.2; overflow: hidden;
          display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
        .choices.many { grid-template-columns: 1fr 1fr 1fr; }
        .choices.many button { min-height: 36px; padding: 2px 6px; gap: 6px; font-size: 13px; }
        .choices.many .times { display: none; }
        .choices .times { color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; }
        .choices [aria-pressed="true"], .others [aria-pressed="true"] { border-color: var(--accent);
          background: var(--pick); }
        .choices [aria-pressed="true"] .name::after { content: " (now)"; color: var(--soft); }
        i.swatch { display: inline-block; flex: none; width: 14px; height: 14px; border-radius: 4px;
          box-shadow: inset 0 0 0 1px rgb(128 128 128 / 0.5); }
        .new { display: flex; gap: 6px; align-items: center; margin-bottom: 6px; }
        .new label { color: var(--soft); white-space: nowrap; }
        .new input[type="text"], dialog input[type="text"], select { flex: 1; min-width: 0;
          height: 38px; border: 1px solid var(--edge); border-radius: 8px; padding: 0 10px;
          background: var(--paper); }
        input[type="color"] { flex: none; width: 44px; height: 38px; padding: 3px;
          border: 1px solid var(--edge); border-radius: 8px; background: var(--card); }
        .others { display: grid; grid-auto-flow: column; grid-auto-columns: auto; gap: 6px; }
        .others button { padding: 4px 6px; white-space: nowrap; font-size: 14px; }
        """# + sceneStyle
}
