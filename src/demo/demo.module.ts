import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { StoreModule } from '../store/store.module.js';
import { DemoProviders } from './demo-providers.js';
import { DemoService } from './demo.service.js';
import { DemoStore } from './demo-store.js';

@Module({ imports: [AuthModule, PaymentsModule, ProvidersModule, StoreModule], providers: [DemoProviders, DemoService, DemoStore] })
export class DemoModule {}
