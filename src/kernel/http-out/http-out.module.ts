import { Global, Module } from '@nestjs/common';
import { type Config, CONFIG } from '../config/config.js';
import { HttpOut } from './http-out.js';
import { DnsResolver } from './resolver.js';

/** In production only what everybody could reach, and only encrypted; elsewhere also this machine itself. */
const safeFor = ({ nodeEnv }: Pick<Config, 'nodeEnv'>): HttpOut => {
  const isProduction = nodeEnv === 'production';
  return new HttpOut({ httpsOnly: isProduction, loopback: !isProduction }, new DnsResolver());
};

@Global()
@Module({ providers: [{ provide: HttpOut, inject: [CONFIG], useFactory: safeFor }], exports: [HttpOut] })
export class HttpOutModule {}
