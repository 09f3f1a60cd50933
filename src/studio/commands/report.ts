/** The command that saves the report of a scan. */

import { contentHash } from '../../core/contentHash.ts';
import { toErrorValue } from '../../core/errors.ts';
import { type ReportPicture, reportContent } from '../reportContent.ts';
import type { DrawText } from '../reportSheet.ts';
import { activeScan } from '../state.ts';
import type { Context } from './context.ts';
import { readScanFile } from './scanFiles.ts';

export interface ReportCommands {
  /**
   * Saves the report of the scan in the viewport; what prevents it becomes a message.
   * @param drawText draws names in letters that the PDF's fonts lack
   */
  saveReport(pictures: readonly ReportPicture[], drawText: DrawText): Promise<void>;
}

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The browser computes SHA-256 on secure pages only. */
async function hashOf(bytes: ArrayBuffer): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return `Murmur3 ${contentHash(new Uint8Array(bytes))}`;
  return `SHA-256 ${hex(await crypto.subtle.digest('SHA-256', bytes))}`;
}

export function createReportCommands(ctx: Context): ReportCommands {
  return {
    async saveReport(pictures, drawText) {
      const scan = activeScan(ctx.state());
      if (scan === null || scan.cloud === null || scan.analysis === null) return;
      const { cloud, analysis, name } = scan;
      try {
        const file = await readScanFile(ctx, scan);
        const hash = file.ok ? await hashOf(file.value.bytes) : `unknown: ${file.error.message}`;
        const content = reportContent(ctx.state(), { ...scan, cloud, analysis }, hash, ctx.services.now());
        // Half a megabyte that most visits do not need.
        const { reportPdf } = await import('../reportPdf.ts');
        const bytes = await reportPdf(content, pictures, drawText);
        ctx.services.save(`${name.replace(/\.[^.]*$/, '')}_report.pdf`, bytes);
      } catch (error) {
        ctx.notify({
          tone: 'error',
          title: `The report of “${name}” could not be made`,
          where: '',
          cause: toErrorValue(error).message,
          next: 'Nothing else was touched. Scores and regions can still be saved as files.',
          action: null,
        });
      }
    },
  };
}
