import type { Dashboard, Panel, RowPanel } from '@grafana/schema';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.d.ts';
import type {
  FieldConfig as Lines,
  Options as Graph,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.d.ts';

/** Enums of strings as the strings that JSON has. */
type Plain<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

/** Grafana's own type says nothing about the options of the kinds of panels. */
type Kind<Type extends string, Options, Custom> = Omit<Plain<Panel>, 'type' | 'options' | 'fieldConfig'> & {
  type: Type;
  options: Plain<Options>;
  fieldConfig: { defaults: Omit<Plain<Panel['fieldConfig'] & {}>['defaults'], 'custom'> & { custom?: Plain<Custom> }; overrides: never[] };
};

type Note = NonNullable<NonNullable<Plain<Dashboard>['annotations']>['list']>[number];

/** What Prometheus adds to an annotation; Grafana's own type is the same for all data sources. */
type Query = { expr: string; titleFormat: string; textFormat: string; step: string };

export type Board = Omit<Plain<Dashboard>, 'panels' | 'annotations'> & {
  annotations: { list: (Note & Query)[] };
  panels: (Plain<RowPanel> | Kind<'stat', Stat, never> | Kind<'timeseries', Graph, Lines>)[];
};
