/**
 * The WebAssembly of laz-perf (hobuinc/laz-perf, Apache-2.0) without its own JavaScript: that compiles glue
 * code from strings, which the page's security policy forbids. What embind registers is a handful of methods;
 * they are called here through the module's table.
 */

import { cString, type Invoker, isFunction, LazMemory } from './lazMemory.ts';

interface EmbindClass {
  readonly methods: Map<string, { readonly invoke: number; readonly context: number }>;
  construct: { readonly invoke: number; readonly context: number };
  readonly destroy: number;
}

/** What went wrong inside the decoder, in its own words. */
export class LazError extends Error {}

/** Where libc++ keeps the text of a std::runtime_error, and how much an exception takes in front. */
const EXCEPTION_TEXT = 4;
const EXCEPTION_HEADER = 24;

export class LazPerf {
  readonly memory: LazMemory;
  private readonly classes: ReadonlyMap<string, EmbindClass>;
  private readonly table: WebAssembly.Table;

  private constructor(
    memory: LazMemory,
    table: WebAssembly.Table,
    classes: ReadonlyMap<string, EmbindClass>,
  ) {
    this.memory = memory;
    this.table = table;
    this.classes = classes;
  }

  /** One instance per file: what it took is freed with it, and a file that breaks it breaks no other. */
  static async open(module: WebAssembly.Module): Promise<LazPerf> {
    const byType = new Map<number, EmbindClass>();
    const classes = new Map<string, EmbindClass>();
    let memory: LazMemory | null = null;
    const heap = (): LazMemory => {
      if (memory === null) throw new LazError('the decoder called out before it was there');
      return memory;
    };
    const env: Record<string, Invoker> = {
      _embind_register_class(...args) {
        const added: EmbindClass = {
          methods: new Map(),
          construct: { invoke: 0, context: 0 },
          destroy: args[12]!,
        };
        byType.set(args[0]!, added);
        classes.set(cString(heap().bytes(), args[10]!), added);
        return 0;
      },
      _embind_register_class_constructor(type, _count, _types, _signature, invoke, context) {
        const owner = byType.get(type!);
        if (owner !== undefined) owner.construct = { invoke: invoke!, context: context! };
        return 0;
      },
      _embind_register_class_function(type, name, _count, _types, _signature, invoke, context) {
        byType
          .get(type!)
          ?.methods.set(cString(heap().bytes(), name!), { invoke: invoke!, context: context! });
        return 0;
      },
      emscripten_memcpy_big(to, from, count) {
        heap()
          .bytes()
          .copyWithin(to!, from!, from! + count!);
        return 0;
      },
      emscripten_resize_heap: (size) => heap().growTo(size!),
      __cxa_allocate_exception: (size) => heap().allocate(size! + EXCEPTION_HEADER) + EXCEPTION_HEADER,
      __cxa_throw(at) {
        const text = heap()
          .view()
          .getUint32(at! + EXCEPTION_TEXT, true);
        throw new LazError(cString(heap().bytes(), text));
      },
      abort() {
        throw new LazError('the decoder gave up');
      },
    };
    const imports: Record<string, Record<string, Invoker>> = {};
    // The rest (types of embind, files, environment, locale) is not used by what is called here.
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = env[name] ?? (() => 0);
    }
    const { exports } = await WebAssembly.instantiate(module, imports);
    memory = LazMemory.of(exports);
    for (const start of ['emscripten_stack_init', '__wasm_call_ctors', '_embind_initialize_bindings']) {
      const begin = exports[start];
      if (isFunction(begin)) begin();
    }
    const table = exports.__indirect_function_table;
    if (!(table instanceof WebAssembly.Table)) throw new LazError('the decoder has no table of functions');
    return new LazPerf(memory, table, classes);
  }

  /** @returns pointer to a new object */
  create(className: 'LASZip' | 'ChunkDecoder'): number {
    const { invoke, context } = this.class(className).construct;
    return this.function(invoke)(context);
  }

  destroy(className: 'LASZip' | 'ChunkDecoder', object: number): void {
    this.function(this.class(className).destroy)(object);
  }

  /** @returns calls a method of the object; repeated calls cost no look-up */
  method(className: 'LASZip' | 'ChunkDecoder', name: string, object: number): Invoker {
    const found = this.class(className).methods.get(name);
    if (found === undefined) throw new LazError(`the decoder has no ${className}.${name}`);
    const invoke = this.function(found.invoke);
    return (...args) => invoke(found.context, object, ...args);
  }

  private class(name: string): EmbindClass {
    const found = this.classes.get(name);
    if (found === undefined) throw new LazError(`the decoder has no ${name}`);
    return found;
  }

  private function(index: number): Invoker {
    const found: unknown = this.table.get(index);
    if (!isFunction(found)) throw new LazError(`the decoder has no function ${index}`);
    return found;
  }
}
