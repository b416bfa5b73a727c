import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { DemoService } from './demo.service.js';

@Module({ imports: [AuthModule, PaymentsModule], providers: [DemoService] })
export class DemoModule {}
