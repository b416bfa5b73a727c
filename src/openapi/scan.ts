import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { DECORATORS, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Route } from '../kernel/http/routes.js';
import type { Surface } from './surface.js';

/** What the scanner reads off the controllers of one surface: parameters, bodies, summaries, and the schemas of the views. */
export function scan(modules: ModulesContainer, routes: readonly Route[], { title, description }: Surface): OpenAPIObject {
  const info = { title, description, version: '1.0.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } };
  const extraModels = routes.flatMap(({ answer }) => answer?.view ?? []);
  return SwaggerModule.createDocument(
    applicationOf(modules, new Set(routes.map(({ controller }) => controller))),
    { openapi: '3.1.0', info, servers: [{ url: '/' }] },
    { extraModels, autoTagControllers: false },
  );
}

export const isHidden = ({ controller }: Route): boolean =>
  ((Reflect.getMetadata(DECORATORS.API_EXCLUDE_CONTROLLER, controller) as readonly boolean[] | undefined) ?? [])[0] === true;

/**
 * The scanner chooses by module, and a feature's module holds controllers of several surfaces, which may even share a path. So it
 * is given an application that has nothing but the wanted controllers.
 */
function applicationOf(modules: ModulesContainer, wanted: ReadonlySet<unknown>): INestApplication {
  const chosen = [...modules].map(([token, { controllers, imports, metatype }]) => {
    const kept = new Map([...controllers].filter(([, controller]) => wanted.has(controller.metatype)));
    return [token, { controllers: kept, imports, metatype }] as const;
  });
  const container = { getModules: () => Object.assign(new Map(chosen), { applicationId: modules.applicationId }) };
  const application = { container, config: new ApplicationConfig(), getHttpAdapter: () => ({ getType: () => 'fastify' }) };
  return application as unknown as INestApplication;
}
