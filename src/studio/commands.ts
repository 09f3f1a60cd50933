/** Everything a user can do. These commands, and nothing else, write the store. */

import { type AblationCommands, createAblationCommands } from './commands/ablation.ts';
import { type AcceptanceCommands, createAcceptanceCommands } from './commands/acceptance.ts';
import { type BoundaryCommands, createBoundaryCommands } from './commands/boundary.ts';
import { type CatalogueCommands, createCatalogueCommands } from './commands/catalogue.ts';
import { type CompareCommands, createCompareCommands } from './commands/compare.ts';
import { type Context, createContext, type StudioServices } from './commands/context.ts';
import { EngineCommands } from './commands/engine.ts';
import { createEvaluationCommands, type EvaluationCommands, type PlacedFile } from './commands/evaluation.ts';
import { createEvaluationKeeper, type KeptCommands } from './commands/evaluationKeeper.ts';
import { LabelDesk } from './commands/labelDesk.ts';
import { createLabelCommands, type LabelCommands } from './commands/labels.ts';
import { createPinCommands, type PinCommands } from './commands/pins.ts';
import { createQueue, type Queue } from './commands/queue.ts';
import { createReferences, judgedAgain, type ReferenceCommands } from './commands/references.ts';
import { createRegionCommands, type RegionCommands } from './commands/regions.ts';
import { createReportCommands, type ReportCommands } from './commands/report.ts';
import { activate, createScanCommands, type ScanCommands } from './commands/scans.ts';
import { createShareCommands, receiveShare, type ShareCommands } from './commands/share.ts';
import { createSuggestionCommands, type SuggestionCommands } from './commands/suggestions.ts';
import { createTraining, type TrainingCommands, type TrainingDesk } from './commands/training.ts';
import { createViewCommands, type ViewCommands } from './commands/view.ts';
import { createViewToolCommands, type ViewToolCommands } from './commands/viewTools.ts';
import type { Notice, NoticeAction, Scan } from './state.ts';
import type { WritableStore } from './store.ts';

export type { PlacedFile, StudioServices };

export interface Commands
  extends ScanCommands,
    ViewCommands,
    ViewToolCommands,
    CompareCommands,
    LabelCommands,
    SuggestionCommands,
    TrainingCommands,
    EvaluationCommands,
    AblationCommands,
    KeptCommands,
    ReferenceCommands,
    ShareCommands,
    RegionCommands,
    BoundaryCommands,
    PinCommands,
    AcceptanceCommands,
    ReportCommands {
  /** Starts the engine, loads the lists, opens the sample of the address or the first one. */
  boot(): Promise<void>;
  chooseModel(id: string): Promise<void>;
  /** Stops the scan under way; waiting ones go on. */
  cancelJob(): void;
  /** A message of the page itself, such as a viewer that could not start. */
  report(notice: Omit<Notice, 'id'>): void;
  dismissNotice(id: number): void;
  /** What the button of a notice does; the notice goes away. */
  actOnNotice(id: number): void;
  /** Esc: closes what lies on top. @returns false when there was nothing to close */
  closeTopmost(): boolean;
}

export function createCommands(store: WritableStore, services: StudioServices): Commands {
  const ctx = createContext(store, services);
  const references = createReferences(
    ctx,
    () => client(),
    () => queue.pump(),
  );
  const engine = new EngineCommands(ctx, {
    onFresh: references.forget,
    onChange: () => {
      queue.pump();
      training.pump();
    },
  });
  const client = () => engine.client();
  const desk = new LabelDesk(ctx);
  const training = createTraining(
    ctx,
    client,
    (scanId) => labels.openLabels(scanId),
    () => references.commands.chooseNetwork(null),
  );
  const queue = createQueue(
    ctx,
    client,
    references,
    (scan) => activate(ctx, scan),
    (scanId) => void desk.openKept(scanId),
  );
  const scans = createScanCommands(ctx, queue);
  const view = createViewCommands(ctx);
  const catalogue = createCatalogueCommands(ctx);
  const labels = createLabelCommands(ctx, client, desk);
  const keeper = createEvaluationKeeper(ctx);
  const receive = () => receiveShare(ctx, { ...labels, openFiles: scans.openFiles });

  return {
    ...scans,
    ...view,
    ...createViewToolCommands(ctx),
    ...createCompareCommands(ctx, queue, client, scans.showScan),
    setMode(mode) {
      const { mode: before, scans: open } = ctx.state();
      view.setMode(mode);
      // What was only read in Train mode is judged now.
      if (before === 'train' && mode !== 'train') ctx.update({ scans: open.map(judgedIfShown) });
      queue.pump();
    },
    ...labels,
    ...createSuggestionCommands(ctx, desk),
    ...createShareCommands(ctx),
    ...training.commands,
    ...references.commands,
    ...createRegionCommands(ctx, client),
    ...createBoundaryCommands(ctx, client),
    ...createAcceptanceCommands(ctx, desk),
    ...createPinCommands(ctx, desk),
    ...createReportCommands(ctx),
    ...createEvaluationCommands(ctx, client, references, scans.openFiles, keeper),
    ...createAblationCommands(ctx, client, training, keeper),
    ...keeper.commands,
    async boot() {
      await Promise.all([keeper.recall(), boot(ctx, engine, catalogue, scans, training, receive)]);
    },
    chooseModel: (id) => engine.chooseModel(id),
    ...createNoticeCommands(ctx, queue, scans, engine, catalogue, training),
  };
}

/** A scan that was read and not judged is judged when there is something to judge it by. */
function judgedIfShown(scan: Scan): Scan {
  return scan.status.kind === 'shown' ? judgedAgain(scan) : scan;
}

async function boot(
  ctx: Context,
  engine: EngineCommands,
  catalogue: CatalogueCommands,
  scans: ScanCommands,
  training: TrainingDesk,
  receive: () => Promise<boolean>,
): Promise<void> {
  ctx.update({ mode: ctx.services.location.mode() });
  const openFirst = async () => {
    await catalogue.loadSamples();
    if (ctx.services.location.takeShared() && (await receive())) return;
    const linked = ctx.services.location.sample();
    if (linked !== null && scans.openSample(linked)) return;
    if (linked !== null)
      ctx.notify({
        tone: 'warning',
        title: `There is no sample “${linked}”`,
        where: `?sample=${linked}`,
        cause: 'The list of bundled samples has no such entry.',
        next: 'The first sample is shown instead; choose another one under Samples.',
        action: null,
      });
    // A file dropped while the list was loading is what the user wants to see.
    const { samples, wantedId, activeId } = ctx.state();
    const first = samples?.first ?? null;
    if (first !== null && wantedId === null && activeId === null) scans.openSample(first);
  };
  await Promise.all([
    engine.start().then(() => training.refresh()),
    catalogue.loadModels().then(() => engine.loadFirstModel()),
    openFirst(),
  ]);
}

type NoticeCommands = Pick<
  Commands,
  'report' | 'dismissNotice' | 'actOnNotice' | 'closeTopmost' | 'cancelJob'
>;

function createNoticeCommands(
  ctx: Context,
  queue: Queue,
  scans: ScanCommands,
  engine: EngineCommands,
  catalogue: CatalogueCommands,
  training: TrainingDesk,
): NoticeCommands {
  const dismissNotice = (id: number) =>
    ctx.update({ notices: ctx.state().notices.filter((notice) => notice.id !== id) });

  const act = async (action: NoticeAction) => {
    switch (action.kind) {
      case 'retry-scan':
        return scans.retryScan(action.scanId);
      case 'show-failed':
        scans.setScanList({ group: 'failed', text: '' });
        ctx.update({ panels: { ...ctx.state().panels, samples: true } });
        return;
      case 'restart-engine':
        return engine.start().then(() => training.refresh());
      case 'reload-catalogue':
        if (ctx.state().samples?.entries.length === 0) await catalogue.loadSamples();
        ctx.update({ model: { phase: 'pending' } });
        await catalogue.loadModels();
        return engine.loadFirstModel();
      case 'go-on-with-run':
        return training.commands.goOnWithRun(action.runId);
      default:
        action satisfies never;
    }
  };

  return {
    report: (notice) => void ctx.notify(notice),
    dismissNotice,
    actOnNotice(id) {
      const notice = ctx.state().notices.find((known) => known.id === id);
      dismissNotice(id);
      if (notice?.action != null) void act(notice.action);
    },
    closeTopmost() {
      const { panels, notices } = ctx.state();
      const newest = notices.at(-1);
      if (panels.keys) ctx.update({ panels: { ...panels, keys: false } });
      else if (panels.samples) ctx.update({ panels: { ...panels, samples: false } });
      else if (newest !== undefined) dismissNotice(newest.id);
      else return false;
      return true;
    },
    cancelJob: queue.cancel,
  };
}
