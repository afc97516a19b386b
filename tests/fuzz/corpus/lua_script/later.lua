local t <const> = 1 // 2 ~ 3
goto a; do local x; end ::a:: ;; return function(...) return "\u{48}\z x", ... end
