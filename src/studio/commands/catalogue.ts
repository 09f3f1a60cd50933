/** Commands for the lists of bundled samples and models. */

import {
  type Catalogue,
  type CatalogueResult,
  readModelCatalogue,
  readSampleCatalogue,
} from '../catalogue.ts';
import { missingFileNotice } from '../notices.ts';
import type { Context } from './context.ts';

export interface CatalogueCommands {
  loadSamples(): Promise<void>;
  loadModels(): Promise<void>;
}

const EMPTY = { entries: [], first: null, problems: [] } as const;

async function load<C extends Catalogue<unknown>>(
  ctx: Context,
  file: string,
  what: string,
  next: string,
  read: (json: unknown) => CatalogueResult<C>,
  empty: C,
): Promise<C> {
  const missing = (why: string) => {
    ctx.notify(missingFileNotice(what, file, why, next));
    return empty;
  };
  const fetched = await ctx.services.fetchFile(file);
  if (!fetched.ok) return missing(fetched.error.message);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(fetched.value));
  } catch (error) {
    return missing(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const catalogue = read(json);
  if (!catalogue.ok) return missing(catalogue.error.message);
  for (const problem of catalogue.value.problems) ctx.log('warning', problem);
  return catalogue.value;
}

export function createCatalogueCommands(ctx: Context): CatalogueCommands {
  return {
    async loadSamples() {
      const samples = await load(
        ctx,
        'samples/manifest.json',
        'list of samples',
        'Own scans can be opened all the same. Load the lists again when the file is in place.',
        readSampleCatalogue,
        { ...EMPTY, references: new Map() },
      );
      ctx.update({ samples });
    },
    async loadModels() {
      const models = await load(
        ctx,
        'models/manifest.json',
        'list of models',
        'Scans can be looked at, but not scored. Load the lists again when the file is in place.',
        readModelCatalogue,
        EMPTY,
      );
      ctx.update({ models });
    },
  };
}
