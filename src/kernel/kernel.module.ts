import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { DialectMap } from './dialect/dialect-map.js';
import { DialectFilter } from './dialect/dialect.filter.js';
import { DialectInterceptor } from './dialect/dialect.interceptor.js';
import { Routes } from './http/routes.js';

/** What every feature stands on; its boot check refuses a route without a policy. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    Routes,
    DialectMap,
    { provide: APP_FILTER, useClass: DialectFilter },
    { provide: APP_INTERCEPTOR, useClass: DialectInterceptor },
  ],
  exports: [DialectMap, Routes],
})
export class KernelModule implements OnModuleInit {
  constructor(private readonly routes: Routes) {}

  onModuleInit(): void {
    this.routes.assertDeclared();
  }
}
