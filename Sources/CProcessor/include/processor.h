/// The instruction set that this binary was compiled for ("x86-64-v3", …), "" for the default.
const char *iicd_instruction_set(void);
