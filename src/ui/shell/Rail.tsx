/** The left rail: the modes, and at its end theme and help. */

import { isThemeChoice } from '../../studio/storage.ts';
import { MODES } from '../modes.ts';
import { Icon } from '../parts/Icon.tsx';
import { Logo } from '../parts/Logo.tsx';
import { THEME_CHOICES } from '../theme.ts';
import { useCommands, useStudio } from '../useStudio.ts';

export function Rail() {
  const { setPanel, setMode } = useCommands();
  const current = useStudio((state) => state.mode);
  return (
    <div className="rail">
      <Logo />
      <nav aria-label="Modes">
        <ul>
          {MODES.map((mode) => (
            <li key={mode.id}>
              <a
                className="mode"
                href={`?mode=${mode.id}`}
                aria-current={mode.id === current ? 'page' : undefined}
                onClick={(event) => {
                  // A new tab is the browser's to open.
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  setMode(mode.id);
                }}
              >
                <Icon name={mode.icon} />
                {mode.label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="rail-end">
        <ThemeMenu />
        <button
          type="button"
          className="mode"
          aria-haspopup="dialog"
          title="Keys (?)"
          onClick={() => setPanel('keys', true)}
        >
          <Icon name="help" />
          Keys
        </button>
      </div>
    </div>
  );
}

function ThemeMenu() {
  const theme = useStudio((state) => state.theme);
  const { setTheme } = useCommands();
  return (
    <>
      <button type="button" className="mode" popoverTarget="theme-menu" title="Theme">
        <Icon name="theme" />
        Theme
      </button>
      <div id="theme-menu" className="menu" popover="auto">
        <fieldset>
          <legend>Theme</legend>
          {THEME_CHOICES.map((choice) => (
            <label key={choice.id}>
              <input
                type="radio"
                name="theme"
                value={choice.id}
                checked={choice.id === theme}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  if (isThemeChoice(value)) setTheme(value);
                }}
              />
              {choice.label}
            </label>
          ))}
        </fieldset>
      </div>
    </>
  );
}
