/** Words for every way in which a link can fail: what happened, and what to do. */

import type { ShareProblem } from '../share/problem.ts';

export interface ProblemText {
  readonly title: string;
  readonly next: string;
  /** Whether the same may work in a moment. */
  readonly again: boolean;
}

const ASK = 'Ask whoever sent it to share it again.';

export const PROBLEM_TEXTS: Readonly<Record<ShareProblem, ProblemText>> = {
  cut: {
    title: 'The link was cut off',
    next: 'Mail and chat programs sometimes break long links. Copy the whole link, up to its last letter, into the address bar. If it arrived like this, ask for it to be sent another way.',
    again: false,
  },
  damaged: {
    title: 'The link or its data was changed on the way',
    next: `Copy the link again. ${ASK}`,
    again: false,
  },
  newer: {
    title: 'This was shared with a newer studio',
    next: 'Reload this page to get the newest version of it. The data is fine.',
    again: true,
  },
  'too-large': {
    title: 'This is too large to be opened here',
    next: 'Ask for a smaller share.',
    again: false,
  },
  'no-key': {
    title: 'The link is not complete',
    next: 'The part behind the “#” opens the heatmap, and this link has none. Copy the whole link.',
    again: false,
  },
  'wrong-key': {
    title: 'The key in the link does not fit',
    next: `A letter of the link was changed, or the stored data. Copy the link again. ${ASK}`,
    again: false,
  },
  'password-needed': {
    title: 'Protected by a password',
    next: 'Type the password you were given.',
    again: false,
  },
  'wrong-password': { title: 'The password does not fit', next: 'Capital letters matter.', again: false },
  unknown: {
    title: 'There is nothing under this link',
    next: `The server has never had it, or it was deleted long ago. Check the link. ${ASK}`,
    again: false,
  },
  gone: {
    title: 'This share is no longer there',
    next: `It has expired, or whoever shared it took it back. Its data is deleted. ${ASK}`,
    again: false,
  },
  'not-owner': { title: 'Only the owner can do this', next: '', again: false },
  busy: { title: 'Too many requests', next: 'The server asks to wait a little.', again: true },
  full: { title: 'The server has no room', next: 'Try again later.', again: true },
  'no-server': {
    title: 'The server does not answer',
    next: 'Check the connection and try again.',
    again: true,
  },
};
