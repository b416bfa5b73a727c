import { Body, Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { Public } from '../../src/kernel/actor/allow.decorator.js';
import { Answers, Dialect } from '../../src/kernel/dialect/dialect.decorator.js';
import type { DialectName } from '../../src/kernel/dialect/voices.js';
import { AccessDenied, ValidationFailed } from '../../src/kernel/fault/common-faults.js';
import { Conflict } from '../../src/kernel/fault/fault.js';
import { KernelModule } from '../../src/kernel/kernel.module.js';

class ThingView {
  static of(value: { id: number }): unknown {
    return { id: value.id };
  }
}

/** One controller a dialect, with every way an answer can come about. */
function controllerOf(dialect: DialectName, path: string): Type {
  @Dialect(dialect)
  @Controller(path)
  class SampleController {
    @Get('value') @Public('sample') @Answers(ThingView) value() {
      return { id: 7, hidden: true };
    }
    @Post('void') @Public('sample') @Answers(null, { status: 201, says: 'Done' }) nothing() {}
    @Get('fault') @Public('sample') @Answers(ThingView) fault() {
      throw new Conflict('Somebody moved first', { retryAfterSeconds: 3, outcome: 'none' });
    }
    @Get('denied') @Public('sample') @Answers(ThingView) denied() {
      throw new AccessDenied();
    }
    @Post('checked') @Public('sample') @Answers(ThingView) checked(@Body() body: { id?: number }) {
      if (body.id === undefined) throw new ValidationFailed([{ field: 'id', message: 'id is required', rule: 'missing', input: body }]);
      return { id: body.id };
    }
    @Get('crash') @Public('sample') @Answers(ThingView) crash() {
      throw new TypeError('secret detail');
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
})
export class DialectsModule {}
