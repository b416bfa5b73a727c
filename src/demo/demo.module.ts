import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { StoreModule } from '../store/store.module.js';
import { DemoService } from './demo.service.js';
import { DemoStore } from './demo-store.js';

@Module({ imports: [AuthModule, PaymentsModule, StoreModule], providers: [DemoService, DemoStore] })
export class DemoModule {}
