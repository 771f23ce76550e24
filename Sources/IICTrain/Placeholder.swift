import IICInfer
import IICKernels
