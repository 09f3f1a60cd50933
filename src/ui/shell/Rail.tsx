/** The left rail: modes, and at its end theme and help. Further modes are further entries of MODES. */

import { isThemeChoice } from '../../studio/storage.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { Logo } from '../parts/Logo.tsx';
import { THEME_CHOICES } from '../theme.ts';
import { useCommands, useStudio } from '../useStudio.ts';

const MODES: readonly { readonly label: string; readonly icon: IconName; readonly href: string }[] = [
  { label: 'Inspect', icon: 'inspect', href: '#inspect' },
];

export function Rail() {
  const { setPanel } = useCommands();
  return (
    <div className="rail">
      <Logo />
      <nav aria-label="Modes">
        <ul>
          {MODES.map((mode) => (
            <li key={mode.label}>
              <a className="mode" href={mode.href} aria-current="page">
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
