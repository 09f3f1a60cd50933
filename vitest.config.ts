import { defineConfig } from 'vitest/config';

/**
 * Two projects, both in Node: `node` needs nothing, `gpu` needs an adapter through Dawn (SwiftShader will
 * do). `reference` holds the golden numbers and is run by `npm run test:reference`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          // Its "main" is CommonJS in a package of type "module": Node cannot load it, Vite takes "module".
          server: { deps: { inline: ['wgsl_reflect'] } },
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.gpu.test.ts', '**/*.reference.test.ts', '**/node_modules/**'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          environment: 'node',
          pool: 'forks',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'reference',
          include: ['src/**/*.reference.test.ts'],
          environment: 'node',
          pool: 'forks',
          testTimeout: 900_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
