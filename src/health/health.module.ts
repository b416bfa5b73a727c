import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthRoutingController } from './health.routing.controller.js';
import { HealthService } from './health.service.js';

@Module({ controllers: [HealthController, HealthRoutingController], providers: [HealthService], exports: [HealthService] })
export class HealthModule {}
