/** How many cases a law is tried on: few in every run, as many as DIFFEO_LAW_RUNS says where there is time. */
export const howOften = (usual: number): { readonly numRuns: number } => ({
  numRuns: Number(process.env.DIFFEO_LAW_RUNS ?? usual),
})
