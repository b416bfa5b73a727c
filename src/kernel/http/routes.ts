import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { POLICY, type Policy } from '../actor/allow.decorator.js';
import { type Answer, ANSWERS, DIALECT, UNDRESSED } from '../dialect/dialect.decorator.js';
import type { DialectName } from '../dialect/voices.js';

type Handler = (...parameters: unknown[]) => unknown;
export interface Route {
  readonly method: string;
  /** As the router has it: `/api/payments/:id`. */
  readonly path: string;
  readonly name: string;
  readonly handler: Handler;
  readonly controller: abstract new (...parameters: never[]) => unknown;
  readonly policy: Policy | undefined;
  readonly dialect: DialectName | undefined;
  readonly answer: Answer | undefined;
  readonly undressed: boolean;
}

const join = (...parts: string[]): string =>
  '/' +
  parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
const asList = (value: string | string[] | undefined): string[] => [value ?? ''].flat();

/** Every handler of every controller, with what its decorators say. */
@Injectable()
export class Routes {
  private readonly scanner = new MetadataScanner();
  private found: readonly Route[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  all(): readonly Route[] {
    return (this.found ??= this.discovery.getControllers().flatMap(({ metatype }) => (metatype ? this.of(metatype as never) : [])));
  }

  /** A route without a policy, a voice or a declared answer is a mistake that must not go live. */
  assertDeclared(): void {
    const missing = this.all().flatMap((route) => [
      ...(route.policy ? [] : [`${route.name} declares neither @Allow nor @Public`]),
      ...(route.undressed || route.dialect ? [] : [`${route.name} declares no @Dialect`]),
      ...(route.undressed || route.answer ? [] : [`${route.name} declares no @Answers`]),
    ]);
    if (missing.length) throw new Error(`Routes that may not be served:\n${missing.join('\n')}`);
  }

  private of(controller: Route['controller']): Route[] {
    const prefixes = asList(Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined);
    const prototype = controller.prototype as Record<string, Handler>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as Handler;
      const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (verb === undefined) return [];
      const paths = asList(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined);
      return prefixes.flatMap((prefix) =>
        paths.map((path) => this.route(controller, handler, name, RequestMethod[verb], join(prefix, path))),
      );
    });
  }

  private route(controller: Route['controller'], handler: Handler, name: string, method: string, path: string): Route {
    return {
      method,
      path,
      name: `${controller.name}.${name}`,
      handler,
      controller,
      policy: this.reflector.get<Policy | undefined>(POLICY, handler),
      dialect: this.reflector.get<DialectName | undefined>(DIALECT, controller as never),
      answer: this.reflector.get<Answer | undefined>(ANSWERS, handler),
      undressed: this.reflector.getAllAndOverride<boolean | undefined>(UNDRESSED, [handler, controller as never]) ?? false,
    };
  }
}
