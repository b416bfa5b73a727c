import { Body, Controller, Get, Injectable, Module, Param, Post, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type Actor, ApiKeyReader, CredentialReader } from '../../src/kernel/actor/actor.js';
import { Allow, Public } from '../../src/kernel/actor/allow.decorator.js';
import { AuthenticateGuard } from '../../src/kernel/actor/authenticate.guard.js';
import { By } from '../../src/kernel/actor/by.decorator.js';
import { isRole } from '../../src/kernel/actor/permissions.js';
import { Answers, Dialect } from '../../src/kernel/dialect/dialect.decorator.js';
import type { DialectName } from '../../src/kernel/dialect/voices.js';
import { InvalidToken, MissingToken, ValidationFailed } from '../../src/kernel/fault/common-faults.js';
import { Conflict } from '../../src/kernel/fault/fault.js';
import { requestContext } from '../../src/kernel/http/request-context.js';
import { KernelModule } from '../../src/kernel/kernel.module.js';

class ThingView {
  static of(value: { id: unknown }): unknown {
    return { id: value.id };
  }
}

/** Takes the name of a role for a token. */
@Injectable()
class RoleReader extends CredentialReader {
  read(authorization: string | undefined): Promise<Actor> {
    const role = authorization?.replace(/^Bearer /, '');
    if (role === undefined) return Promise.reject(new MissingToken());
    if (!isRole(role)) return Promise.reject(new InvalidToken());
    return Promise.resolve({ userId: 'usr_1', tenantId: 'ten_1', role, email: 'a@example.com', name: 'A', sessionId: 'ses_1' });
  }
}

/** What an error of an HTTP client library looks like. */
class UpstreamRefused extends Error {
  readonly statusCode = 404;
}

/** One controller a dialect, with every way an answer can come about. */
function controllerOf(dialect: DialectName, path: string): Type {
  @Dialect(dialect)
  @Controller(path)
  class SampleController {
    @Get('value') @Public('sample') @Answers(ThingView) value() {
      return { id: 7, hidden: true };
    }
    @Get('page') @Public('sample') @Answers(ThingView, { shape: 'page' }) page() {
      return { items: [{ id: 7, hidden: true }, { id: 8 }], limit: 2, nextCursor: 'next' };
    }
    @Post('void') @Public('sample') @Answers(null, { status: 201, says: 'Done' }) nothing() {}
    @Get('fault') @Public('sample') @Answers(ThingView) fault() {
      throw new Conflict('Somebody moved first', { retryAfterSeconds: 3, outcome: 'none' });
    }
    @Get('guarded') @Allow('payments:read') @Answers(ThingView) guarded(@By() actor: Actor) {
      return { id: actor.role };
    }
    @Post('guarded') @Allow('payments:write') @Answers(ThingView) guardedWrite(@Body() body: { id: unknown }) {
      return { id: body.id };
    }
    @Post('checked') @Public('sample') @Answers(ThingView) checked(@Body() body: { id?: unknown }) {
      if (body.id === undefined) throw new ValidationFailed([{ field: 'id', message: 'id is required', rule: 'missing', input: body }]);
      if (Array.isArray(body.id)) throw new ValidationFailed([{ field: 'id', message: 'id must be one value', input: body.id }]);
      return { id: body.id };
    }
    @Get('things/:id') @Public('sample') @Answers(ThingView) thing(@Param('id') id: string) {
      return { id };
    }
    @Get('trace') @Public('sample') @Answers(ThingView) trace() {
      return { id: requestContext.current()?.traceId };
    }
    @Post('trace') @Public('sample') @Answers(ThingView) traceAfterBody() {
      return { id: requestContext.current()?.traceId };
    }
    @Get('crash') @Public('sample') @Answers(ThingView) crash() {
      throw new TypeError('secret detail');
    }
    @Get('upstream') @Public('sample') @Answers(ThingView) upstream() {
      throw new UpstreamRefused('secret detail');
    }
  }
  return SampleController;
}

@Module({
  imports: [KernelModule],
  controllers: [
    controllerOf('envelope', 'api/sample'),
    controllerOf('bare', 'api/financial/sample'),
    controllerOf('gateway', 'api/v1/gateway'),
    controllerOf('traced', 'api/v1/sample'),
    controllerOf('store', 'sample'),
  ],
  providers: [
    { provide: CredentialReader, useClass: RoleReader },
    { provide: ApiKeyReader, useValue: {} },
    { provide: APP_GUARD, useClass: AuthenticateGuard },
  ],
})
export class DialectsModule {}
