export { describeGolden } from '../../autodiff/test/golden.ts'
