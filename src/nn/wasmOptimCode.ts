/** Adam as WebAssembly SIMD: CPU counterpart of `shaders/optim/adam`; twin core/adam. */

import {
  assign,
  block,
  type Code,
  f32x4,
  i32,
  v128,
  type WasmFunction,
  wasmFunction,
  whileBelow,
} from './wasmAssembler.ts';

/** The floats of a step, in the order of the uniform block of `shaders/optim/adam`. */
export const ADAM_CONSTANTS = [
  'beta1',
  'rest1',
  'beta2',
  'rest2',
  'stepSize',
  'rootCorrection2',
  'eps',
  'gradScale',
] as const;

/** One update of n parameters, in place; `constants` as in `ADAM_CONSTANTS`. */
const adam = wasmFunction(
  'adam',
  ['parameter', 'gradient', 'first', 'second', 'constants', 'n'],
  (p, locals) => {
    const { at, whole, end } = locals.i32('at', 'whole', 'end');
    const [constants, g, m, v] = [
      locals.many('v128', ADAM_CONSTANTS.length),
      locals.one('v128'),
      locals.one('v128'),
      locals.one('v128'),
    ];
    const constant = (name: (typeof ADAM_CONSTANTS)[number]) => constants[ADAM_CONSTANTS.indexOf(name)]!;
    const { mul, add } = f32x4;
    const update = (load: typeof v128.load, store: (address: Code, value: Code) => Code): Code =>
      block(
        assign(g, mul(load(i32.add(p.gradient, at)), constant('gradScale'))),
        assign(m, add(mul(constant('beta1'), load(i32.add(p.first, at))), mul(constant('rest1'), g))),
        assign(
          v,
          add(mul(constant('beta2'), load(i32.add(p.second, at))), mul(mul(constant('rest2'), g), g)),
        ),
        store(i32.add(p.first, at), m),
        store(i32.add(p.second, at), v),
        store(
          i32.add(p.parameter, at),
          f32x4.sub(
            load(i32.add(p.parameter, at)),
            f32x4.div(
              mul(constant('stepSize'), m),
              add(mul(f32x4.sqrt(v), constant('rootCorrection2')), constant('eps')),
            ),
          ),
        ),
      );
    return block(
      ...ADAM_CONSTANTS.map((name, i) => assign(constant(name), v128.loadSplat(p.constants, 4 * i))),
      assign(end, i32.shl(p.n, i32.const(2))),
      assign(whole, i32.and(end, i32.const(-16))),
      assign(at, i32.const(0)),
      whileBelow(at, whole, i32.const(16), update(v128.load, v128.store)),
      // What is left over, one by one with the same arithmetic: nothing behind the tensor may be written.
      whileBelow(at, end, i32.const(4), update(v128.loadSplat, v128.storeFirst)),
    );
  },
);

export const OPTIM_FUNCTIONS: readonly WasmFunction[] = [adam];
