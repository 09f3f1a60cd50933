/** Composition root of the page. */

import { createRoot } from 'react-dom/client';
import { connectEngine, startEngineWorker } from './engine/client.ts';
import { originFiles } from './io/opfs.ts';
import { shareClient } from './share/client.ts';
import { createCommands } from './studio/commands.ts';
import { browserHandover } from './studio/handover.ts';
import { browserLocation } from './studio/location.ts';
import { browserPower } from './studio/power.ts';
import { saveFile } from './studio/saveFile.ts';
import { siteFiles } from './studio/siteFiles.ts';
import { browserPreferences, browserShareList, browserStorage } from './studio/storage.ts';
import { createStudioStore } from './studio/store.ts';
import { App } from './ui/App.tsx';
import { StudioContext } from './ui/useStudio.ts';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/layout.css';
import './ui/styles/inspect.css';
import './ui/styles/train.css';
import './ui/styles/viewport.css';
import './ui/styles/view.css';
import './ui/styles/beside.css';
import './ui/styles/evaluate.css';
import './ui/styles/label.css';
import './ui/styles/share.css';

const preferences = browserPreferences();
/** The page's folder: links to what is shared begin with it. */
const base = new URL('./', document.baseURI).href;
const store = createStudioStore(preferences.load());
const commands = createCommands(store, {
  startEngine: () => connectEngine(startEngineWorker()),
  fetchFile: siteFiles(document.baseURI, (url, options) => fetch(url, options)),
  preferences,
  location: browserLocation(),
  files: originFiles(),
  storage: browserStorage(),
  power: browserPower(),
  share: {
    client: shareClient(base, (url, options) => fetch(url, options)),
    base,
    list: browserShareList(),
    handover: browserHandover(),
  },
  save: saveFile,
  now: () => Date.now(),
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StudioContext value={{ store, commands }}>
    <App />
  </StudioContext>,
);
void commands.boot();
