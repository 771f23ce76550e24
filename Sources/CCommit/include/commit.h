/// The commit that this program was built from, as hexadecimal digits or what IICD_COMMIT was; "" where
/// nothing tells.
#ifdef __cplusplus
extern "C"
#endif
const char *iicd_commit(void);
