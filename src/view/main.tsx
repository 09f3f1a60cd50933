/** Composition root of the page of a shared link. No engine, no model: viewer and decoder. */

import { createRoot } from 'react-dom/client';
import { shareClient } from '../share/client.ts';
import { readAddress } from './address.ts';
import { ViewPage } from './ViewPage.tsx';
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import '../ui/styles/inspect.css';
import '../ui/styles/viewport.css';
import './view.css';

// First of all: it mends the address before anything is fetched.
const address = readAddress();

const dark = matchMedia('(prefers-color-scheme: dark)');
const setTheme = () => {
  document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
};
setTheme();
dark.addEventListener('change', setTheme);

/** A file for offline use carries its data. */
const embedded = document.getElementById('share-data')?.textContent ?? null;

const root = document.getElementById('root');
if (root === null) throw new Error('view.html has no element with the id "root"');
createRoot(root).render(
  <ViewPage
    address={address}
    data={embedded}
    client={shareClient(address.base, (url, init) => fetch(url, init))}
  />,
);
