import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import { type Route, Routes } from '../kernel/http/routes.js';
import { componentsOf, usedOf } from './components.js';
import { idsOf } from './ids.js';
import { describe, featureOf } from './operation.js';
import { refineSchemas } from './refine.js';
import { isHidden, scan } from './scan.js';
import { type Surface, surfaceOf } from './surface.js';

/** One OpenAPI document a surface, built from the controllers when it is first asked for. */
@Injectable()
export class ApiDocuments {
  private readonly built = new Map<Surface, Promise<OpenAPIObject>>();

  constructor(
    private readonly routes: Routes,
    private readonly modules: ModulesContainer,
  ) {}

  of(surface: Surface): Promise<OpenAPIObject> {
    const document = this.built.get(surface) ?? this.build(surface);
    this.built.set(surface, document);
    return document;
  }

  private async build(surface: Surface): Promise<OpenAPIObject> {
    const routes = this.routes.all().filter((route) => surfaceOf(route) === surface && !isHidden(route));
    const found = scan(this.modules, routes, surface);
    const shared = componentsOf(surface);
    const schemas = { ...found.components?.schemas, ...shared.schemas };
    refineSchemas(schemas, routes);
    const ids = idsOf(routes, schemas);
    const paths: Record<string, Record<string, OperationObject>> = {};
    for (const route of routes) {
      const [path, method] = [pathOf(route), route.method.toLowerCase()];
      const operation = (found.paths[path] as Record<string, OperationObject> | undefined)?.[method];
      if (!operation) throw new Error(`${route.name} was not found by the documentation`);
      paths[path] = { ...paths[path], [method]: await describe(operation, route, schemas, ids.get(featureOf(route))) };
    }
    return { ...found, tags: tagsOf(routes), paths, components: usedOf({ ...shared, schemas }, paths) };
  }
}

/** `/api/payments/:id` is `/api/payments/{id}`; a constraint on the parameter is the router's business. */
const pathOf = ({ path }: Route): string => path.replace(/:(\w+)(\([^)]*\))?/g, '{$1}');
const tagsOf = (routes: readonly Route[]) => [...new Set(routes.map(featureOf))].sort().map((name) => ({ name }));
