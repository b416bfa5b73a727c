import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header, Param, Redirect, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import assetDirectory from 'swagger-ui-dist/absolute-path.js';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Undressed } from '../kernel/dialect/dialect.decorator.js';
import { NotFound, raise } from '../kernel/fault/fault.js';
import { ApiDocuments } from './api-documents.js';
import { assets, page, startScript } from './page.js';
import { surfaces } from './surface.js';

const unknown = () => raise(new NotFound('Not found'));

/** The documents, and a page to read them on that asks no other machine for anything. */
@Undressed()
@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly documents: ApiDocuments) {}

  @Get()
  @Public('sends a visitor to the documentation')
  @Redirect('/docs', 302)
  home(): void {}

  @Get('docs')
  @Public('documentation is for those who have no account yet')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }

  @Get('docs/start.js')
  @Public('part of the documentation page')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return startScript;
  }

  @Get('docs/:asset')
  @Public('part of the documentation page')
  @Header('cache-control', 'public, max-age=3600')
  asset(@Param('asset') name: string): StreamableFile {
    const type = assets.get(name) ?? unknown();
    return new StreamableFile(createReadStream(join(assetDirectory(), name)), { type });
  }

  @Get('openapi/:file')
  @Public('documentation is for those who have no account yet')
  document(@Param('file') file: string): Promise<OpenAPIObject> {
    return this.documents.of(surfaces.find(({ name }) => file === `${name}.json`) ?? unknown());
  }
}
