import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { By } from '../../dist/kernel/actor/by.decorator.js';
import { Allow } from '../../dist/kernel/actor/allow.decorator.js';
import { Answers, Dialect } from '../../dist/kernel/dialect/dialect.decorator.js';
import { KeepsKey } from '../../dist/kernel/idempotency/keeps-key.decorator.js';
import { TransferDto } from '../../dist/credits/credits.dto.js';
import { AppModule } from '../../dist/app.module.js';
import { bootApp, createApp } from '../../dist/app.js';
import { loadConfig } from '../../dist/kernel/config/config.js';

// The product with one more route, which reads the same request in the same way, under the same guards, and does nothing.
class DoneView {
  static of(value) {
    return value;
  }
}

class NoopController {
  done(actor, { userId, toUserId, amount }) {
    return { id: 'tx_1', by: actor.userId, userId, toUserId, amount };
  }
}
const method = Object.getOwnPropertyDescriptor(NoopController.prototype, 'done');
const decorate = (...decorators) => {
  for (const decorator of decorators) decorator(NoopController.prototype, 'done', method);
};
decorate(Post('transfers'), Allow('self'), KeepsKey({ required: true }), Answers(DoneView, { status: 201 }));
By()(NoopController.prototype, 'done', 0);
Body()(NoopController.prototype, 'done', 1);
Reflect.defineMetadata('design:paramtypes', [Object, TransferDto], NoopController.prototype, 'done');
Dialect('traced')(NoopController);
Controller('noop')(NoopController);

class NoopModule {}
Module({ controllers: [NoopController] })(NoopModule);

const over = AppModule.over.bind(AppModule);
AppModule.over = (...given) => {
  const module = over(...given);
  return { ...module, imports: [...module.imports, NoopModule] };
};

const config = loadConfig();
const app = await createApp(config, process.env.MONGODB_URI ?? '');
await bootApp(app, config);
await app.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
process.stdout.write(`noop-server is ready at ${await app.getUrl()}\n`);
process.once('SIGTERM', () => process.exit(0));
